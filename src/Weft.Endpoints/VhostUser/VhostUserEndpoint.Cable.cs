using Weft.Linux;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// The cable as the guest sees it. A front end that passes configuration changes on (User-Mode Linux) is told, and its driver
/// reads the new link state. Others (QEMU) know one way only: a card whose back end is gone has no carrier. So with the cable
/// out we hang up, and nobody can connect until it is in again: the socket bears another name meanwhile, since a hypervisor
/// that found it would wait for an answer with its guest standing still. Who comes first is let in with the cable out,
/// too: a hypervisor does not start its guest before.
/// </summary>
public sealed unsafe partial class VhostUserEndpoint
{
    private const string Aside = ".unplugged";

    private bool _isHidden;

    /// <summary>Shows the guest a cable that is in or out.</summary>
    public void ShowLink(bool up)
    {
        if (_card.IsLinkUp == up)
        {
            return;
        }
        _card.IsLinkUp = up;
        TellConfiguration();
        if (up)
        {
            Appear();
        }
        else
        {
            _record->Shrank = 0;
            HideFromThoseWhoCannotBeTold();
        }
    }

    /// <summary>Largest IP packet of the network, told to front ends that come from here on; 0 for none.</summary>
    public void ShowMtu(ushort mtu) => _card.Mtu = mtu == 0 ? UsualMtu : mtu;

    /// <summary>Takes the listening socket's name away.</summary>
    public void RemoveSocket()
    {
        FileCalls.Remove(_plug.Path);
        FileCalls.Remove(_plug.Path + Aside);
    }

    private void HideFromThoseWhoCannotBeTold()
    {
        if (_card.IsLinkUp || _connection < 0 || _receivingCount == 0 || _device.TellsConfiguration)
        {
            return;
        }
        _isHidden = true;
        if (!_plug.Dials)
        {
            FileCalls.Rename(_plug.Path, _plug.Path + Aside);
        }
        HangUp();
    }

    private void Appear()
    {
        _isHidden = false;
        if (_plug.Dials)
        {
            _nextDeadline = _connection < 0 ? _lane.Now : _nextDeadline;
        }
        else
        {
            FileCalls.Rename(_plug.Path + Aside, _plug.Path);
        }
    }
}
