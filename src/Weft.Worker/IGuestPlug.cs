using Weft.Engine;

namespace Weft.Worker;

/// <summary>An attachment that is open: its endpoint lies in the port, the descriptors behind it at the keeper. Disposing ends those.</summary>
internal interface IGuestPlug : IDisposable
{
    /// <summary>What a port on another lane, or another worker, needs to go on with this guest; −1 for none.</summary>
    (int Listener, int Connection) Descriptors { get; }

    /// <summary>Shows the guest a cable that is in or out, where the attachment can.</summary>
    void ShowCarrier(bool on);

    /// <summary>The network that the cable leads to takes IP packets of this length; told before a guest comes, where the
    /// attachment can tell it.</summary>
    void ShowMtu(ushort mtu)
    {
    }

    /// <summary>Begins to watch; the endpoint is in its port by now.</summary>
    void Start();
}
