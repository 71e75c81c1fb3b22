namespace Weft.Model.Api.Description;

/// <summary>Every address of the API. A route without its entry here fails a test.</summary>
public static class Operations
{
    private const string Get = "GET", Post = "POST", Put = "PUT", Patch = "PATCH", Delete = "DELETE";

    private static readonly (string, string) IfMissing = (ObjectPaths.IfMissing, "true: one that is there already is taken as it is");
    private static readonly (string, string) Force = (ObjectPaths.Force, "true: also when NICs are on it; they stay, not attached");

    public static Items<Operation> All { get; } =
    [
        new(Get, ApiPaths.Status, "status", "Networks, ports, rates and problems as they are now") { Reply = ApiJson.Default.StatusDocument },
        new(Post, ApiPaths.Up, "up", "Make the topology of a file what is wanted and what runs") { Body = ApiJson.Default.UpRequest, Reply = ApiJson.Default.ChangeReply },
        new(Post, ApiPaths.Apply, "apply", "The same, for a Weft that is up") { Body = ApiJson.Default.UpRequest, Reply = ApiJson.Default.ChangeReply },
        new(Post, ApiPaths.Plan, "plan", "What 'up' would change; nothing is changed") { Body = ApiJson.Default.UpRequest, Reply = ApiJson.Default.PlanDocument },
        new(Post, ApiPaths.Down, "down", "End worker, keeper and weftd; leases and history stay") { Reply = ApiJson.Default.DownReply },
        new(Post, ApiPaths.Shutdown, "shutdown", "End weftd alone; traffic goes on") { Reply = ApiJson.Default.DownReply },
        new(Get, ApiPaths.Export, "export", "What is wanted now, as the text of a topology file") { Reply = ApiJson.Default.ExportDocument },
        new(Get, ApiPaths.History, "history", "The changes that were made, newest first") { Reply = ApiJson.Default.HistoryDocument },
        new(Get, ApiPaths.Change, "showChange", "What one change of the history changed") { Reply = ApiJson.Default.PlanDocument },
        new(Post, ApiPaths.Undo, "undo", "Back to before a change; once more: forth again")
        {
            Reply = ApiJson.Default.ChangeReply,
            Query = [("change", "Its number: this change and all after it are undone; the last when it is left away")],
        },

        new(Get, ObjectPaths.Networks, "listNetworks", "All networks") { Reply = ObjectJson.Default.NetworkList },
        new(Get, ObjectPaths.Network, "getNetwork", "One network, as it is wanted and as it stands") { Reply = ObjectJson.Default.NetworkObject },
        new(Post, ObjectPaths.Network, "createNetwork", "Make a network that is not there") { FileBody = "network", Reply = ApiJson.Default.ChangeReply, Query = [IfMissing] },
        new(Put, ObjectPaths.Network, "putNetwork", "Make a network what the body says") { FileBody = "network", Reply = ApiJson.Default.ChangeReply },
        new(Patch, ObjectPaths.Network, "patchNetwork", "Change settings of a network") { FileBody = "networkSettings", IsPatch = true, Reply = ApiJson.Default.ChangeReply },
        new(Delete, ObjectPaths.Network, "deleteNetwork", "Remove a network; its absence is fine") { Reply = ApiJson.Default.ChangeReply, Query = [Force] },
        new(Get, ObjectPaths.Dns, "listDnsNames", "Every name that routers answer themselves") { Reply = ObjectJson.Default.DnsNameList, Query = [("network", "Only of this one")] },
        new(Put, ObjectPaths.Name, "putName", "Give a network a static name") { FileBody = "addresses", Reply = ApiJson.Default.ChangeReply },
        new(Delete, ObjectPaths.Name, "deleteName", "Remove a static name; its absence is fine") { Reply = ApiJson.Default.ChangeReply },
        new(Get, ObjectPaths.Vms, "listVms", "All virtual machines") { Reply = ObjectJson.Default.VmList },
        new(Get, ObjectPaths.Vm, "getVm", "One virtual machine with its NICs") { Reply = ObjectJson.Default.VmObject },
        new(Post, ObjectPaths.Vm, "createVm", "Make a virtual machine that is not there") { FileBody = "vm", Reply = ApiJson.Default.ChangeReply, Query = [IfMissing] },
        new(Put, ObjectPaths.Vm, "putVm", "Make a virtual machine what the body says") { FileBody = "vm", Reply = ApiJson.Default.ChangeReply },
        new(Patch, ObjectPaths.Vm, "patchVm", "Change a virtual machine") { FileBody = "vmSettings", IsPatch = true, Reply = ApiJson.Default.ChangeReply },
        new(Delete, ObjectPaths.Vm, "deleteVm", "Remove a virtual machine and the forwards to it; its absence is fine") { Reply = ApiJson.Default.ChangeReply },
        new(Get, ObjectPaths.Nics, "listNics", "All NICs") { Reply = ObjectJson.Default.NicList },
        new(Get, ObjectPaths.NicsOfVm, "listNicsOfVm", "The NICs of one virtual machine") { Reply = ObjectJson.Default.NicList },
        new(Get, ObjectPaths.Nic, "getNic", "One NIC") { Reply = ObjectJson.Default.NicObject },
        new(Post, ObjectPaths.NicsOfVm, "addNic", "Add a NIC; it gets the first free number") { FileBody = "nic", Reply = ApiJson.Default.ChangeReply },
        new(Put, ObjectPaths.Nic, "putNic", "Make a NIC what the body says") { FileBody = "nic", Reply = ApiJson.Default.ChangeReply },
        new(Patch, ObjectPaths.Nic, "patchNic", "Change settings of a NIC; another 'net' moves it") { FileBody = "nicSettings", IsPatch = true, Reply = ApiJson.Default.ChangeReply },
        new(Delete, ObjectPaths.Nic, "deleteNic", "Remove a NIC; the others keep their numbers") { Reply = ApiJson.Default.ChangeReply },
        new(Post, ApiPaths.Plug, "plugNic", "Put the cable in") { Reply = ApiJson.Default.ChangeReply },
        new(Post, ApiPaths.Unplug, "unplugNic", "Pull the cable") { Reply = ApiJson.Default.ChangeReply },
        new(Get, ApiPaths.Args, "argsOfVm", "What attaches a hypervisor") { Reply = ApiJson.Default.ArgsDocument, Query = [
            ("for", "qemu, uml, cloud-hypervisor, libvirt, virtualbox, firecracker or netns"), ("memory", "Bytes of the guest's memory"),
            ("qemu", "Version of the QEMU that will run"), ("accelerated", "true: with KVM")] },

        new(Get, ApiPaths.Forwards, "listForwards", "Ports of the host that lead to guests") { Reply = ApiJson.Default.ForwardList },
        new(Post, ApiPaths.Forwards, "addForward", "Open a port of the host to a guest") { Body = ApiJson.Default.ForwardRequest, Reply = ApiJson.Default.ChangeReply },
        new(Delete, ApiPaths.Forwards, "deleteForward", "Close a port of the host; its absence is fine") { Reply = ApiJson.Default.ChangeReply,
            Query = [("forward", "[ADDR:]HOST-PORT[/tcp|udp]")] },
        new(Get, ObjectPaths.Leases, "listLeases", "Addresses that DHCP has given out") { Reply = ObjectJson.Default.LeaseList, Query = [("network", "Only of this one")] },
        new(Get, ObjectPaths.Resolve, "resolve", "What a name of a guest leads to, and by which ports of the host it is reached") { Reply = ObjectJson.Default.ResolvedList,
            Query = [("name", "alpha, alpha.weft.internal, alpha.lab.weft.internal, or an address"), ("network", "Only of this one")] },
        new(Get, ObjectPaths.Names, "listNames", "Names that a command line may be completed with") { Reply = ObjectJson.Default.NameDocument },

        new(Get, ApiPaths.Why, "why", "Whether one end reaches another, and what decides it") { Reply = ApiJson.Default.WhyDocument,
            Query = [("from", "A NIC, a VM or an address"), ("to", "The same, or host, outside, gateway"), ("for", "tcp/443, udp/53, icmp")] },
        new(Get, ApiPaths.Events, "watch", "What happens, as server-sent events") { ReplyType = "text/event-stream", Event = ApiJson.Default.EventDocument,
            Query = [("since", "The id of the last event that was read")] },
        new(Get, ApiPaths.EventLog, "latestEvents", "The last events") { Reply = ApiJson.Default.EventList },
        new(Post, ApiPaths.Captures, "capture", "Begin a capture; the reply is the capture, until the client goes") { Body = ApiJson.Default.CaptureRequest,
            ReplyType = "application/x-pcapng" },
        new(Get, ApiPaths.Captures, "listCaptures", "Captures that run, or ended a moment ago") { Reply = ApiJson.Default.CaptureList },
        new(Get, ApiPaths.Capture, "getCapture", "One capture") { Reply = ApiJson.Default.CaptureDocument },
        new(Delete, ApiPaths.Capture, "endCapture", "End a capture") { Reply = ApiJson.Default.CaptureDocument },
        new(Get, ApiPaths.Metrics, "metrics", "Counters in Prometheus' text format") { ReplyType = "text/plain" },
        new(Get, ApiPaths.Description, "description", "This document"),
    ];
}
