using Weft.Engine.State;
using Weft.Wire;

namespace Weft.Endpoints.VhostUser;

/// <summary>Requests by number, and those that are about the device as a whole. False: the request cannot be right.</summary>
internal sealed unsafe partial class VhostDevice
{
    private const ulong OwnStationMask = 0xffff_ffff_ffffUL;

    private delegate bool Handler(VhostMessage message);

    /// <summary>Carries out one request. False for what is unknown or cannot be right: nothing was changed by it.</summary>
    public bool Handle(VhostMessage message)
    {
        uint number = (uint)message.Header.Request;
        return number < (uint)_handlers.Length && _handlers[number] is { } handler && handler(message);
    }

    /// <summary>The front end has agreed to answers for requests that have none of their own.</summary>
    public bool AcknowledgesRequests => ((ProtocolFeatures)_record->ProtocolFeatures & ProtocolFeatures.ReplyAck) != 0;

    /// <summary>The front end passes configuration changes on to the driver.</summary>
    public bool TellsConfiguration => Backend >= 0 && ((ProtocolFeatures)_record->ProtocolFeatures & ProtocolFeatures.Configuration) != 0;

    private Handler?[] Handlers()
    {
        var handlers = new Handler?[(int)VhostRequest.End];
        void On(VhostRequest request, Handler handler) => handlers[(int)request] = handler;

        On(VhostRequest.GetFeatures, GetFeatures);
        On(VhostRequest.SetFeatures, SetFeatures);
        On(VhostRequest.SetOwner, _ => true);
        On(VhostRequest.ResetOwner, Reset);
        On(VhostRequest.SetMemoryTable, SetMemoryTable);
        On(VhostRequest.SetLogBase, SetLogBase);
        On(VhostRequest.SetLogDescriptor, Ignore);
        On(VhostRequest.SetRingSize, SetRingSize);
        On(VhostRequest.SetRingAddress, SetRingAddress);
        On(VhostRequest.SetRingBase, SetRingBase);
        On(VhostRequest.GetRingBase, GetRingBase);
        On(VhostRequest.SetRingKick, SetRingKick);
        On(VhostRequest.SetRingCall, SetRingCall);
        On(VhostRequest.SetRingError, SetRingError);
        On(VhostRequest.GetProtocolFeatures, message => Answered(message, (ulong)ProtocolFeatures.Offered));
        On(VhostRequest.SetProtocolFeatures, SetProtocolFeatures);
        On(VhostRequest.GetQueueNumber, message => Answered(message, (ulong)_card.Pairs));
        On(VhostRequest.SetRingEnable, SetRingEnable);
        On(VhostRequest.SendRarp, SendRarp);
        On(VhostRequest.SetMtu, message => message.TryRead(out ulong mtu) && mtu is >= 68 and <= ushort.MaxValue);
        On(VhostRequest.SetBackendChannel, SetBackendChannel);
        On(VhostRequest.GetConfiguration, GetConfiguration);
        On(VhostRequest.ResetDevice, Reset);
        On(VhostRequest.GetMaxMemorySlots, message => Answered(message, VhostRecord.MaxRegions));
        On(VhostRequest.AddMemoryRegion, AddMemoryRegion);
        On(VhostRequest.RemoveMemoryRegion, RemoveMemoryRegion);
        On(VhostRequest.SetStatus, SetStatus);
        On(VhostRequest.GetStatus, message => Answered(message, _record->Status));
        return handlers;
    }

    private static bool Answered(VhostMessage message, ulong value)
    {
        message.Answer(value);
        return true;
    }

    private static bool Ignore(VhostMessage message)
    {
        for (int descriptor = message.TakeDescriptor(); descriptor >= 0; descriptor = message.TakeDescriptor())
        {
            Linux.FileCalls.Close(descriptor);
        }
        return true;
    }

    private VirtioFeatures Offered => VirtioFeatures.Offered |
        (_card.Mtu == VhostUserEndpoint.UsualMtu ? VirtioFeatures.None : VirtioFeatures.Mtu) |
        (_card.Pairs == 1 ? VirtioFeatures.None : VirtioFeatures.MultiQueue);

    private bool GetFeatures(VhostMessage message) => Answered(message, (ulong)Offered);

    private bool SetFeatures(VhostMessage message)
    {
        if (!message.TryRead(out ulong features) || (features & ~(ulong)(Offered | VirtioFeatures.Mtu)) != 0)
        {
            return false;
        }
        bool logged = (Features & VirtioFeatures.LogAll) != 0;
        _record->Features = features;
        if (logged && (Features & VirtioFeatures.LogAll) == 0)
        {
            Memory.StopLog();
            End(ref _log, ref _record->LogSlot);
        }
        Settle();
        return true;
    }

    private bool SetProtocolFeatures(VhostMessage message)
    {
        if (!message.TryRead(out ulong features) || (features & ~(ulong)ProtocolFeatures.Offered) != 0)
        {
            return false;
        }
        _record->ProtocolFeatures = features;
        return true;
    }

    private bool Reset(VhostMessage message)
    {
        StopRings();
        _record->Status = 0;
        return true;
    }

    private bool SetStatus(VhostMessage message)
    {
        if (!message.TryRead(out ulong status))
        {
            return false;
        }
        _record->Status = (byte)status;
        return status != 0 || Reset(message);
    }

    private bool SetBackendChannel(VhostMessage message)
    {
        int channel = message.TakeDescriptor();
        if (channel < 0 || Linux.FileCalls.SetNonBlocking(channel, on: true) < 0)
        {
            return Refuse(channel);
        }
        EndBackend();
        int slot = -1;
        int descriptor = -1;
        Replace(ref descriptor, ref slot, channel);
        Backend = descriptor;
        _record->BackendSlot = slot;
        return true;
    }

    private bool SendRarp(VhostMessage message)
    {
        bool fits = message.TryRead(out ulong station);
        // The address comes as its six bytes in memory order.
        byte* bytes = (byte*)&station;
        ulong value = 0;
        for (int i = 0; i < 6; i++)
        {
            value = (value << 8) | bytes[i];
        }
        Announce = fits ? value & OwnStationMask : Announce;
        return fits;
    }

    /// <summary>An answer of length 0 says that the driver asked for what is not there.</summary>
    private bool GetConfiguration(VhostMessage message)
    {
        if (message.Length < ConfigurationPayload.Size)
        {
            return false;
        }
        ConfigurationPayload* asked = (ConfigurationPayload*)message.Payload;
        if (asked->Length > ConfigurationPayload.MaxBytes || asked->Offset > ConfigurationPayload.MaxBytes ||
            asked->Offset + asked->Length > ConfigurationPayload.MaxBytes)
        {
            message.AnswerWith(0);
            return true;
        }
        byte* space = stackalloc byte[ConfigurationPayload.MaxBytes];
        new Span<byte>(space, ConfigurationPayload.MaxBytes).Clear();
        NetConfiguration* configuration = (NetConfiguration*)space;
        _card.Mac.Write(configuration->Mac);
        configuration->Status = _card.IsLinkUp ? NetConfiguration.LinkUp : (ushort)0;
        configuration->MaxPairs = (ushort)_card.Pairs;
        configuration->Mtu = _card.Mtu;
        Buffer.MemoryCopy(space + asked->Offset, message.Payload + ConfigurationPayload.Size, asked->Length, asked->Length);
        message.AnswerWith(ConfigurationPayload.Size + (int)asked->Length);
        return true;
    }

    private static bool Refuse(int descriptor)
    {
        if (descriptor >= 0)
        {
            Linux.FileCalls.Close(descriptor);
        }
        return false;
    }
}
