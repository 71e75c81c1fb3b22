using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Endpoints;

/// <summary>What the memory of a port says to the next life, for each moment at which a life can end.</summary>
public sealed unsafe class ReceiveArenaTests : IDisposable
{
    private readonly ReceiveRegion* _region = (ReceiveRegion*)NativeMemory.AllocZeroed(ReceiveRegion.Size);
    private readonly Burst _burst = new();

    [Fact]
    public void TheShapesFitTheRegion()
    {
        Assert.InRange(ReceiveArena.RegionBytes(ReceiveShape.Tap), 1, ReceiveRegion.Size);
        Assert.InRange(ReceiveArena.RegionBytes(ReceiveShape.Messages(9018)), 1, ReceiveRegion.Size);
        Assert.True(ReceiveShape.Tap.MaxFrame >= 65_550);
        Assert.Equal(ReceiveRegion.Size, sizeof(ReceiveRegion));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AReadThatNeverReturnedIsFoundByItsHeader(bool v6)
    {
        ReceiveArena arena = new(_region, ReceiveShape.Tap);
        int slot = arena.Begin(1);
        WriteIp(arena, slot, 5000, v6);
        ((Offload*)(arena.Data(slot) - 12))->GsoSize = 1448;

        ReceiveArena next = new(_region, ReceiveShape.Tap);
        Assert.Equal(1, next.Pending);
        next.Replay(_burst);
        Assert.Equal(5000, _burst[0].Length);
        Assert.Equal(1448, _burst[0].Offload.GsoSize);
        Assert.Equal(Frame(5000, v6), Bytes(0));
        next.Release();
        Assert.Equal(0, new ReceiveArena(_region, ReceiveShape.Tap).Pending);
    }

    [Fact]
    public void AReadThatBroughtNothingIsNothing()
    {
        ReceiveArena arena = new(_region, ReceiveShape.Tap);
        WriteIp(arena, arena.Begin(1), 100, v6: false);
        arena.Complete(_burst, 100);
        arena.Release();
        arena.Begin(1);
        ReceiveArena next = new(_region, ReceiveShape.Tap);
        Assert.Equal(0, next.Pending);
        Assert.Equal(0, next.Abandoned);
    }

    [Fact]
    public void FramesComeBackInOrderOfArrivalOverManyLives()
    {
        ReceiveArena arena = new(_region, ReceiveShape.Messages(1518));
        for (int turn = 0; turn < 3; turn++)
        {
            arena.Release();
            _burst.Clear();
            int first = arena.Begin(8);
            for (int i = 0; i < 6; i++)
            {
                WriteIp(arena, first + i, 100 + i, v6: false);
                if (i == 2)
                {
                    arena.Skip();
                }
                else
                {
                    arena.Complete(_burst, 100 + i);
                }
            }
            arena.Cancel(2);
        }
        ReceiveArena next = new(_region, ReceiveShape.Messages(1518));
        _burst.Clear();
        next.Replay(_burst);
        Assert.Equal([100, 101, 103, 104, 105], Enumerable.Range(0, _burst.Count).Select(i => _burst[i].Length));
    }

    [Fact]
    public void WhatWasWrittenIntoTheHeadroomIsNotTakenForOffloads()
    {
        ReceiveArena arena = new(_region, ReceiveShape.Tap);
        int slot = arena.Begin(1);
        WriteIp(arena, slot, 200, v6: false);
        *(Offload*)(arena.Data(slot) - 12) = new Offload { Flags = 1, ChecksumStart = 34 };
        arena.Complete(_burst, 200);
        new Span<byte>(arena.Data(slot) - FrameRef.Headroom, FrameRef.Headroom).Fill(0xff);
        ReceiveArena next = new(_region, ReceiveShape.Tap);
        _burst.Clear();
        next.Replay(_burst);
        Assert.Equal(1, _burst[0].Offload.Flags);
        Assert.Equal(34, _burst[0].Offload.ChecksumStart);
    }

    [Fact]
    public void AFrameThatEndsEveryLifeIsGivenUp()
    {
        ReceiveArena arena = new(_region, ReceiveShape.Tap);
        WriteIp(arena, arena.Begin(1), 200, v6: false);
        arena.Complete(_burst, 200);
        int lives = 0;
        while ((arena = new ReceiveArena(_region, ReceiveShape.Tap)).Pending > 0)
        {
            Assert.InRange(++lives, 1, 10);
            _burst.Clear();
            arena.Replay(_burst);
        }
        Assert.Equal(1, arena.Abandoned);
    }

    [Fact]
    public void AnotherShapeOrNonsenseBeginsEmpty()
    {
        ReceiveArena arena = new(_region, ReceiveShape.Tap);
        WriteIp(arena, arena.Begin(1), 200, v6: false);
        arena.Complete(_burst, 200);
        Assert.Equal(0, new ReceiveArena(_region, ReceiveShape.Messages(1518)).Pending);
        new Random(1).NextBytes(new Span<byte>((byte*)_region + sizeof(ReceiveShape), ReceiveRegion.Size - sizeof(ReceiveShape)));
        arena = new ReceiveArena(_region, ReceiveShape.Messages(1518));
        _burst.Clear();
        arena.Replay(_burst);
        Assert.All(Enumerable.Range(0, _burst.Count), i => Assert.InRange(Bytes(i).Length, 1, arena.Shape.MaxFrame));
    }

    [Theory]
    [InlineData("0800", "45000064", 114)]
    [InlineData("0800", "65000064", 0)]
    [InlineData("0800", "45000010", 0)]
    [InlineData("86dd", "6000000000300640", 102)]
    [InlineData("86dd", "4000000000300640", 0)]
    [InlineData("0806", "0001", 42)]
    [InlineData("81000005" + "0800", "45000064", 118)]
    [InlineData("88a80005" + "81000005" + "0800", "45000064", 122)]
    [InlineData("81000005" + "81000005" + "81000005" + "0800", "45000064", 0)]
    [InlineData("88cc", "45000064", 0)]
    public void TheLengthIsThatOfTheNetworkHeader(string kind, string network, int length)
    {
        byte* frame = stackalloc byte[128];
        new Span<byte>(frame, 128).Clear();
        Convert.FromHexString(kind + network).CopyTo(new Span<byte>(frame + 12, 100));
        Assert.Equal(length, FrameLength.Find(frame, 128));
    }

    public void Dispose()
    {
        NativeMemory.Free(_region);
        _burst.Dispose();
    }

    private static byte[] Frame(int length, bool v6)
    {
        byte[] frame = new byte[length];
        new Random(length).NextBytes(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)(v6 ? 0x86dd : 0x0800));
        frame[14] = (byte)(v6 ? 0x60 : 0x45);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(v6 ? 18 : 16), (ushort)(length - (v6 ? 54 : 14)));
        return frame;
    }

    private static void WriteIp(ReceiveArena arena, int slot, int length, bool v6)
    {
        byte[] frame = Frame(length, v6);
        int inSlot = Math.Min(length, arena.Shape.DataSize);
        frame.AsSpan(0, inSlot).CopyTo(new Span<byte>(arena.Data(slot), inSlot));
        frame.AsSpan(inSlot).CopyTo(new Span<byte>(arena.Overflow, arena.Shape.OverflowSize));
    }

    private byte[] Bytes(int index) => RecordingForwarder.Bytes(in _burst[index]);
}
