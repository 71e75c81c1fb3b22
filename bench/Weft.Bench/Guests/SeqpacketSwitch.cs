namespace Weft.Bench.Guests;

/// <summary>Weft, a datagram socket for each guest: one frame is one message.</summary>
internal sealed class SeqpacketSwitch : IGuestSwitch
{
    public const string Name = "weft seqpacket";
    private const string WeftFile = """
        networks:
          lan: { mode: internal }
        vms:
          one: { nics: [ { net: lan, attach: seqpacket } ] }
          two: { nics: [ { net: lan, attach: seqpacket } ] }
        """;

    private readonly WeftStage _stage;

    public SeqpacketSwitch(string weft)
    {
        _stage = new WeftStage(weft);
        try
        {
            _stage.Up(WeftFile);
            NicOne = Nic("one");
            NicTwo = Nic("two");
        }
        catch
        {
            _stage.Dispose();
            throw;
        }
    }

    public string NicOne { get; }

    public string NicTwo { get; }

    public void Dispose() => _stage.Dispose();

    private string Nic(string vm) =>
        _stage.Run($"vm args {vm} --for uml").Split('\n').First(line => line.StartsWith("vec", StringComparison.Ordinal)).Trim();
}
