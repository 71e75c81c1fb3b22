namespace Weft.Tests.Model;

/// <summary>Mistakes of static names.</summary>
public sealed partial class TopologyFileTests
{
    public static TheoryData<string, string, string, string> MistakesOfNames => new()
    {
        {
            "networks:\n  lab: { mode: nat, names: [printer] }\n",
            "W1003", "lab.weft.yml:2:28: 'names' of network 'lab' is not a mapping", "write each as 'NAME: ADDRESS' or 'NAME: [ADDRESS, ADDRESS]'"
        },
        {
            "networks:\n  lab:\n    mode: nat\n    names:\n      Printer: 10.0.2.9\n",
            "W1005", "lab.weft.yml:5:7: 'Printer' cannot be a name of network 'lab'",
            "a name is 1 to 63 of a-z, 0-9 and inner '-', or several such with dots between them"
        },
        {
            "networks:\n  lab: { mode: nat, names: { 10.0.2.9: 10.0.2.9 } }\n",
            "W1005", "lab.weft.yml:2:30: '10.0.2.9' cannot be a name of network 'lab'", "a name that ends in a number is taken for an address"
        },
        {
            "networks:\n  lab: { mode: nat, names: { printer: ~ } }\n",
            "W1003", "lab.weft.yml:2:39: name 'printer' of network 'lab' has no address", "write an IPv4 address, or a list of up to 8"
        },
        {
            "networks:\n  lab: { mode: nat, names: { printer: [] } }\n",
            "W1003", "lab.weft.yml:2:39: name 'printer' of network 'lab' has no address", "write an IPv4 address, or a list of up to 8"
        },
        {
            "networks:\n  lab: { mode: nat, names: { db: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.9] } }\n",
            "W1007", "lab.weft.yml:2:34: name 'db' of network 'lab' has 9 addresses", "a name has at most 8"
        },
        {
            "networks:\n  lab: { mode: nat, names: { db: [10.0.0.1, 10.0.0] } }\n",
            "W1008", "lab.weft.yml:2:45: '10.0.0' is not an address (name 'db' of network 'lab')", "an IPv4 address has four parts from 0 to 255, like 10.20.0.15"
        },
        {
            "networks:\n  lab: { mode: nat, names: { db: 224.0.0.1 } }\n",
            "W1008", "lab.weft.yml:2:34: name 'db' of network 'lab' cannot have the address 224.0.0.1", "no machine has an address below 1.0.0.0, or from 224.0.0.0 on"
        },
        {
            "networks:\n  lab: { mode: nat, names: { db: [10.0.0.1, 10.0.0.1] } }\n",
            "W1008", "lab.weft.yml:2:45: name 'db' of network 'lab' has 10.0.0.1 twice", "each address of a name stands once"
        },
        {
            "networks:\n  lab:\n    mode: nat\n    names:\n      db: 10.0.0.1\n      db: 10.0.0.2\n",
            "W1004", "lab.weft.yml:6:7: 'db' is written twice", "every key of a mapping stands once"
        },
        {
            "networks:\n  lab: { mode: nat, names: { gateway: 10.0.0.1 } }\n",
            "W1004", "lab.weft.yml:2:30: name 'gateway' of network 'lab' is taken", "the router answers gateway, host, dns with its own addresses"
        },
        {
            "networks:\n  lab: { mode: nat-network, names: { alpha: 10.0.0.1 } }\nvms: { alpha: [lab] }\n",
            "W1004", "lab.weft.yml:2:38: name 'alpha' of network 'lab' is taken", "vm 'alpha' is on the network, and is found by that name itself"
        },
        {
            "networks:\n  lab: { mode: nat, dns: false, names: { db: 10.0.0.1 } }\n",
            "W1110", "lab.weft.yml:2:40: network 'lab' has names but no DNS", "nobody would answer them; add 'dns: true'"
        },
        {
            "networks:\n  lab: { mode: internal, names: { db: 10.0.0.1 } }\n",
            "W1110", "lab.weft.yml:2:33: network 'lab' has names but no DNS", "nobody would answer them; add 'dhcp: true' and 'dns: true'"
        },
    };
}
