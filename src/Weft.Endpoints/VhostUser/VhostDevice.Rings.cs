using System.Numerics;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Endpoints.VhostUser;

/// <summary>Requests about one ring. They come in any order, some of them many times.</summary>
internal sealed unsafe partial class VhostDevice
{
    /// <summary>In the number of SET_VRING_KICK, _CALL and _ERR: no descriptor comes along.</summary>
    private const ulong NoDescriptor = 0x100;
    private const ulong IndexMask = 0xff;

    private bool SetRingSize(VhostMessage message)
    {
        if (!TryReadState(message, out RingState state) || !BitOperations.IsPow2(state.Value) || state.Value > SplitRing.MaxSize)
        {
            return false;
        }
        Stop((int)state.Index);
        _record->Rings[(int)state.Index].Size = state.Value;
        Settle();
        return true;
    }

    private bool SetRingBase(VhostMessage message)
    {
        if (!TryReadState(message, out RingState state) || state.Value > ushort.MaxValue)
        {
            return false;
        }
        Stop((int)state.Index);
        _record->Rings[(int)state.Index].Base = (ushort)state.Value;
        Settle();
        return true;
    }

    /// <summary>Comes for a running ring too, when logging begins or ends: the ring goes on where it is.</summary>
    private bool SetRingAddress(VhostMessage message)
    {
        if (!message.TryRead(out RingAddresses addresses) || addresses.Index >= VhostRecord.MaxRings)
        {
            return false;
        }
        ref VhostRingRecord record = ref _record->Rings[(int)addresses.Index];
        record.Descriptors = addresses.Descriptors;
        record.Available = addresses.Available;
        record.Used = addresses.Used;
        record.LogAddress = addresses.Log;
        record.Flags = (record.Flags & ~VhostRingFlags.Logged) | VhostRingFlags.Addressed |
            ((addresses.Flags & RingAddresses.Logged) != 0 ? VhostRingFlags.Logged : VhostRingFlags.None);
        Relocate();
        Settle();
        return true;
    }

    /// <summary>Stops the ring and says where it stood.</summary>
    private bool GetRingBase(VhostMessage message)
    {
        if (!TryReadState(message, out RingState state))
        {
            return false;
        }
        int index = (int)state.Index;
        ref VhostRingRecord record = ref _record->Rings[index];
        Stop(index);
        record.Flags &= ~VhostRingFlags.Started;
        End(ref _kicks[index], ref record.KickSlot);
        EndCall(index);
        message.Answer(new RingState { Index = state.Index, Value = record.Base });
        return true;
    }

    private bool SetRingEnable(VhostMessage message)
    {
        if (!TryReadState(message, out RingState state) || state.Value > 1)
        {
            return false;
        }
        ref VhostRingRecord record = ref _record->Rings[(int)state.Index];
        record.Flags = state.Value == 1 ? record.Flags | VhostRingFlags.Enabled : record.Flags & ~VhostRingFlags.Enabled;
        Settle();
        return true;
    }

    /// <summary>A ring without a kick would have to be looked at all the time: refused.</summary>
    private bool SetRingKick(VhostMessage message)
    {
        if (!TryTakeDescriptor(message, out int index, out int descriptor) || descriptor < 0)
        {
            return Refuse(descriptor);
        }
        ref VhostRingRecord record = ref _record->Rings[index];
        Replace(ref _kicks[index], ref record.KickSlot, descriptor);
        _kickLives[index]++;
        record.Flags |= VhostRingFlags.Started;
        Settle();
        return true;
    }

    /// <summary>What is written to may be a pipe, and full: it must not block the lane.</summary>
    private bool SetRingCall(VhostMessage message)
    {
        if (!TryTakeDescriptor(message, out int index, out int descriptor) || (descriptor >= 0 && FileCalls.SetNonBlocking(descriptor, on: true) < 0))
        {
            return Refuse(descriptor);
        }
        int call = _rings[index].Call;
        Replace(ref call, ref _record->Rings[index].CallSlot, descriptor);
        _rings[index].Call = call;
        return true;
    }

    private bool SetRingError(VhostMessage message)
    {
        if (!TryTakeDescriptor(message, out int index, out int descriptor))
        {
            return Refuse(descriptor);
        }
        Replace(ref _errors[index], ref _record->Rings[index].ErrorSlot, descriptor);
        return true;
    }

    private void Stop(int index)
    {
        if (_rings[index].IsRunning)
        {
            _record->Rings[index].Base = _rings[index].Position;
            _rings[index].Stop();
        }
    }

    private static bool TryReadState(VhostMessage message, out RingState state) =>
        message.TryRead(out state) && state.Index < VhostRecord.MaxRings;

    /// <summary>False when number and descriptors contradict each other; a descriptor that came is the caller's in any case.</summary>
    private static bool TryTakeDescriptor(VhostMessage message, out int index, out int descriptor)
    {
        bool fits = message.TryRead(out ulong number);
        index = (int)(number & IndexMask);
        int came = message.DescriptorCount;
        descriptor = message.TakeDescriptor();
        bool expected = (number & NoDescriptor) == 0;
        return fits && index < VhostRecord.MaxRings && came == (expected ? 1 : 0);
    }
}
