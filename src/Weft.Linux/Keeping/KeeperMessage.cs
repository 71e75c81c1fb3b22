using System.Runtime.InteropServices;
using Weft.Linux.Unix;

namespace Weft.Linux.Keeping;

/// <summary>
/// One message between keeper and worker, in native memory that is used again and again: header, operations, descriptors.
/// Ownership: descriptors that are sent stay the sender's. Descriptors that came are the message's until
/// <see cref="TakeDescriptor"/>; the next <see cref="Begin"/> or <see cref="Receive"/> closes those nobody took.
/// </summary>
public sealed unsafe class KeeperMessage : IDisposable
{
    /// <summary>Operations of one message: as many as it could carry descriptors.</summary>
    public const int MaxOperations = DescriptorMessages.MaxDescriptors;

    private static readonly int MaxBytes = sizeof(KeeperMessageHeader) + MaxOperations * sizeof(uint);

    private readonly KeeperMessageHeader* _header;
    private readonly SlotOperation* _operations;
    private readonly int* _descriptors;
    private int _descriptorCount;
    private int _descriptorTaken;
    private bool _received;

    public KeeperMessage()
    {
        byte* memory = (byte*)NativeMemory.AllocZeroed((nuint)(MaxBytes + MaxOperations * sizeof(int)));
        _header = (KeeperMessageHeader*)memory;
        _operations = (SlotOperation*)(memory + sizeof(KeeperMessageHeader));
        _descriptors = (int*)(memory + MaxBytes);
    }

    public KeeperMessageKind Kind => _header->Kind;

    public long Value
    {
        get => _header->Value;
        set => _header->Value = value;
    }

    public int Count => (int)_header->Count;

    public SlotOperation this[int index] => _operations[index];

    /// <summary>Empties it and starts a new one.</summary>
    public void Begin(KeeperMessageKind kind, long value = 0)
    {
        CloseUntaken();
        _received = false;
        *_header = new KeeperMessageHeader { Kind = kind, Value = value };
        _descriptorCount = 0;
    }

    public void Add(int slot, int descriptor)
    {
        _operations[_header->Count++] = SlotOperation.Add(slot);
        _descriptors[_descriptorCount++] = descriptor;
    }

    /// <summary>An add whose descriptor the other side is to find.</summary>
    public void Want(int slot) => _operations[_header->Count++] = SlotOperation.Add(slot);

    public void Drop(int slot) => _operations[_header->Count++] = SlotOperation.Drop(slot);

    /// <summary>A descriptor that belongs to no slot.</summary>
    public void Attach(int descriptor) => _descriptors[_descriptorCount++] = descriptor;

    /// <summary>Sends without waiting; below zero a negated errno, and nothing went.</summary>
    public int Send(int socket) =>
        DescriptorMessages.Send(socket, new ReadOnlySpan<byte>(_header, BytesOf(_header->Count)), new ReadOnlySpan<int>(_descriptors, _descriptorCount));

    /// <summary>Receives one message: above zero; 0 when the peer has closed; −EIO when it is none of ours; another negated errno.</summary>
    public int Receive(int socket, bool wait = false)
    {
        Begin(KeeperMessageKind.None);
        int received = DescriptorMessages.Receive(
            socket, new Span<byte>(_header, MaxBytes), new Span<int>(_descriptors, MaxOperations), out _descriptorCount, wait);
        _received = true;
        if (received <= 0)
        {
            return received;
        }
        bool whole = received >= sizeof(KeeperMessageHeader) && _header->Count <= MaxOperations && received == BytesOf(_header->Count);
        if (!whole)
        {
            Begin(KeeperMessageKind.None);
            return -Errno.EIO;
        }
        return received;
    }

    /// <summary>The next descriptor that came, now the caller's; −1 when there is none (the kernel drops what a full table cannot take).</summary>
    public int TakeDescriptor() => _received && _descriptorTaken < _descriptorCount ? _descriptors[_descriptorTaken++] : -1;

    public void Dispose()
    {
        CloseUntaken();
        NativeMemory.Free(_header);
    }

    private static int BytesOf(uint operations) => sizeof(KeeperMessageHeader) + (int)operations * sizeof(uint);

    private void CloseUntaken()
    {
        for (int descriptor = TakeDescriptor(); descriptor >= 0; descriptor = TakeDescriptor())
        {
            FileCalls.Close(descriptor);
        }
        _descriptorCount = _descriptorTaken = 0;
    }
}
