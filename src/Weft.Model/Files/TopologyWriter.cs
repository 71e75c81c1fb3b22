using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weft.Model.Files;

/// <summary>Writes the parts of a topology as JSON in the file's own schema, so that <see cref="TopologyFile"/> reads back what was
/// written.</summary>
public static class TopologyWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Network(Network network) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("mode", network.Mode.Word());
        WriteOptional(json, "subnet", network.Subnet?.ToString());
        WriteDhcp(json, network);
        json.WriteBoolean("dns", network.Dns);
        WriteNames(json, network.Names);
        json.WriteString("host-loopback", network.HostLoopback ? "allow" : "deny");
        json.WriteNumber("mtu", network.Mtu);
        json.WriteString("polling", network.Polling.Word());
        WriteOptional(json, "source", network.Source?.ToString());
        json.WriteBoolean("force", network.Force);
        if (!network.Started)
        {
            json.WriteBoolean("started", false);
        }
        json.WriteEndObject();
    });

    public static string Vm(Vm vm) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("nics");
        foreach (Nic? nic in vm.Places())
        {
            if (nic is null)
            {
                json.WriteNullValue();
            }
            else
            {
                WriteNic(json, nic);
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static string Nic(Nic nic) => Write(json => WriteNic(json, nic));

    /// <summary>The whole topology with nothing left out, MACs and defaults included.</summary>
    public static string Whole(Topology topology) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("networks");
        foreach (Network network in topology.Networks)
        {
            json.WritePropertyName(network.Name);
            WritePart(json, Network(network));
        }
        json.WriteEndObject();
        json.WriteStartObject("vms");
        foreach (Vm vm in topology.Vms)
        {
            json.WritePropertyName(vm.Name);
            WritePart(json, Vm(vm));
        }
        json.WriteEndObject();
        json.WriteStartArray("forwards");
        foreach (Forward forward in topology.Forwards)
        {
            json.WriteStringValue(forward.ToString());
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static string Forward(Forward forward) => Write(json => json.WriteStringValue(forward.ToString()));

    private static void WritePart(Utf8JsonWriter json, string part)
    {
        using JsonDocument document = JsonDocument.Parse(part);
        document.WriteTo(json);
    }

    private static void WriteDhcp(Utf8JsonWriter json, Network network)
    {
        if (!network.Dhcp)
        {
            json.WriteBoolean("dhcp", false);
            return;
        }
        json.WriteStartObject("dhcp");
        json.WriteNumber("lease", network.LeaseSeconds);
        WriteOptional(json, "first", network.Pool?.First.ToString());
        WriteOptional(json, "last", network.Pool?.Last.ToString());
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, Items<StaticName> names)
    {
        if (names.Count == 0)
        {
            return;
        }
        json.WriteStartObject("names");
        foreach (StaticName name in names)
        {
            json.WritePropertyName(name.Name);
            if (name.Addresses.Count == 1)
            {
                json.WriteStringValue(name.Addresses[0].ToString());
                continue;
            }
            json.WriteStartArray();
            foreach (IPAddress address in name.Addresses)
            {
                json.WriteStringValue(address.ToString());
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteNic(Utf8JsonWriter json, Nic nic)
    {
        json.WriteStartObject();
        json.WriteString("net", nic.Network ?? NetworkModes.NotAttached);
        json.WriteString("mac", nic.Mac);
        WriteOptional(json, "ip", nic.Address?.ToString());
        json.WriteString("attach", nic.Attachment.Word());
        WriteOptional(json, "model", nic.Model.IsVirtio ? null : nic.Model.Word);
        if (nic.Tap is { } tap)
        {
            json.WriteStartObject("tap");
            json.WriteString("name", tap.Name);
            WriteOptional(json, "netns", tap.Namespace);
            json.WriteEndObject();
        }
        if (nic.VhostUser is { } vhostUser)
        {
            WriteVhostUser(json, vhostUser);
        }
        if (nic.Stream is { } stream)
        {
            json.WriteStartObject("stream");
            WriteOptional(json, stream.Dials ? "connect" : "listen", stream.Address);
            json.WriteEndObject();
        }
        if (nic.Dgram is { } dgram)
        {
            json.WriteStartObject("dgram");
            WriteOptional(json, "local", dgram.Local);
            WriteOptional(json, "remote", dgram.Remote);
            json.WriteEndObject();
        }
        json.WriteBoolean("plugged", nic.Plugged);
        json.WriteEndObject();
    }

    private static void WriteVhostUser(Utf8JsonWriter json, VhostUserPlace place)
    {
        json.WriteStartObject("vhost-user");
        WriteOptional(json, "socket", place.Socket);
        json.WriteString("role", place.Role == VhostUserRole.Client ? "client" : "server");
        json.WriteNumber("queues", place.Queues);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static string Write(Action<Utf8JsonWriter> body)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            body(json);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
