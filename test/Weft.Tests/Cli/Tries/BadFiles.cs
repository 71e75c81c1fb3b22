using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;

namespace Weft.Tests.Cli.Tries;

/// <summary>Files with one mistake each: the way out opens the file, and does again what was asked for.</summary>
internal static class BadFiles
{
    public static readonly Provocation[] All =
    [
        Of(ErrorCode.MalformedYaml, "networks:\n  lab: [nat\n"),
        Of(ErrorCode.UnknownKey, "networks: { lab: { mode: nat, mut: 3 } }\n"),
        Of(ErrorCode.WrongShape, "networks: [lab]\n"),
        Of(ErrorCode.DuplicateName, "networks:\n  lab: nat\n  lab: nat\n"),
        Of(ErrorCode.BadName, "networks: { Lab: nat }\n"),
        Of(ErrorCode.UnknownMode, "networks: { lab: natt }\n"),
        Of(ErrorCode.BadValue, "networks: { lab: { mode: nat, mtu: 1 } }\n"),
        Of(ErrorCode.BadAddress, "networks: { lab: { mode: nat-network, subnet: 10.20.0.300/24 } }\n"),
        Of(ErrorCode.BadMac, "vms: { alpha: [{ net: nat, mac: '52:54:00' }] }\n"),
        Of(ErrorCode.BadForward, "forwards: [80-80]\n"),
        Of(ErrorCode.FileTooLarge, new string('#', TopologyFile.MaxCharacters + 1)),
        Of(ErrorCode.UnknownNetwork, "networks: { lab: nat }\nvms: { alpha: [lba] }\n"),
        Of(ErrorCode.TooManyNics, "vms: { alpha: [nat, nat, nat, nat, nat, nat, nat, nat, nat] }\n"),
        Of(ErrorCode.DuplicateMac, "vms: { alpha: [{ net: nat, mac: '52:54:00:00:00:01' }, { net: nat, mac: '52:54:00:00:00:01' }] }\n"),
        Of(ErrorCode.BadReservation, "networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\nvms: { alpha: [{ net: lab, ip: 10.21.0.9 }] }\n"),
        Of(ErrorCode.SubnetsOverlap, "networks: { a: { mode: nat-network, subnet: 10.20.0.0/16 }, b: { mode: nat-network, subnet: 10.20.3.0/24 } }\n"),
        Of(ErrorCode.UnknownVm, "forwards: [8080:alpha:80]\n"),
        Of(ErrorCode.ForwardWithoutNat, "networks: { quiet: internal }\nvms: { alpha: [quiet] }\nforwards: [8080:alpha:80]\n"),
        Of(ErrorCode.DuplicateForward, "vms: { alpha: [nat] }\nforwards: [8080:alpha:80, 8080:alpha:81]\n"),
        Of(ErrorCode.DuplicateTap, "vms: { alpha: [{ net: nat, tap: { name: t0 } }, { net: nat, tap: { name: t0 } }] }\n"),
        Of(ErrorCode.DoesNotApply, "networks: { quiet: { mode: internal, host-loopback: allow } }\n"),
        Of(ErrorCode.BadTap, "vms: { alpha: [{ net: nat, tap: { name: an-interface-name-too-long } }] }\n"),
        Of(ErrorCode.BadSocket, "vms: { alpha: [{ net: nat, vhost-user: { socket: x.sock } }] }\n"),
        Of(ErrorCode.DuplicateSocket, "vms: { alpha: [{ net: nat, vhost-user: { socket: /x/y } }, { net: nat, vhost-user: { socket: /x/y } }] }\n"),
        Of(ErrorCode.SubnetCollides, "networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\n", "10.20.0.0/16"),
        Of(ErrorCode.NoFreeSubnet, "networks: { lab: nat-network }\n", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
    ];

    /// <summary>The same where the names of files mean something to a shell.</summary>
    public static readonly Provocation[] OddNames =
    [
        new(ErrorCode.UnknownMode, "up 'my $HOME.yml'", stage => stage.Write("networks: { lab: natt }\n", "my $HOME.yml")),
        new(ErrorCode.UnknownMode, "apply 'my $HOME.yml'", stage =>
        {
            stage.Weft("up");
            stage.Write("networks: { lab: natt }\n", "my $HOME.yml");
        }),
        new(ErrorCode.UnknownMode, "validate 'my $HOME.yml'", stage => stage.Write("networks: { lab: natt }\n", "my $HOME.yml")),
        new(ErrorCode.SeveralFiles, "up", stage =>
        {
            stage.Write(TryStage.Good, "a b.weft.yml");
            stage.Write(TryStage.Good, "c.weft.yml");
        })
        { Instead = true },
    ];

    /// <param name="routes">Of the host.</param>
    private static Provocation Of(string code, string text, params string[] routes) => new(code, "up lab.weft.yml", stage =>
    {
        stage.Write(text);
        stage.Daemon.Routes.AddRange(routes.Select(route => new HostRoute(System.Net.IPNetwork.Parse(route), "eth9")));
    });
}
