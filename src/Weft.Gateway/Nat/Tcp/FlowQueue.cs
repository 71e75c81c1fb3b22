namespace Weft.Gateway.Nat.Tcp;

/// <summary>A queue of flows linked through the flows themselves; a flow is in each kind of queue at most once.</summary>
internal unsafe struct FlowQueue(TcpFlow* flows, bool acks)
{
    private readonly TcpMarks _mark = acks ? TcpMarks.InAckList : TcpMarks.InSendList;
    private int _first;
    private int _last;

    public int Count { get; private set; }

    public readonly bool IsEmpty => Count == 0;

    public void Push(int flow)
    {
        ref TcpFlow state = ref flows[flow];
        if (state.Has(_mark))
        {
            return;
        }
        state.Set(_mark);
        if (Count++ == 0)
        {
            _first = flow;
        }
        else
        {
            NextOf(_last) = flow;
        }
        _last = flow;
    }

    public bool TryPop(out int flow)
    {
        flow = _first;
        if (Count == 0)
        {
            return false;
        }
        Count--;
        _first = NextOf(flow);
        flows[flow].Clear(_mark);
        return true;
    }

    private readonly ref int NextOf(int flow) => ref acks ? ref flows[flow].AckNext : ref flows[flow].SendNext;
}
