using System.Text.Json.Nodes;
using Weft.Model;
using Weft.Model.Files;

namespace Weft.Tests.Model.Schema;

/// <summary>The schema says what the readers accept: no key more, no key less.</summary>
public sealed class TopologySchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(TopologySchema.Text)!.AsObject();
    private static readonly SchemaValidator Validator = new(Schema);

    public static TheoryData<string, string[]> Mappings => new()
    {
        { "", TopologyFile.Keys },
        { "networkSettings", NetworkReader.Keys },
        { "dhcp", NetworkReader.DhcpKeys },
        { "vmSettings", VmReader.Keys },
        { "nicSettings", NicReader.Keys },
        { "tap", AttachmentReader.TapKeys },
        { "vhostUser", AttachmentReader.VhostUserKeys },
        { "stream", AttachmentReader.StreamKeys },
        { "dgram", AttachmentReader.DgramKeys },
    };

    [Theory]
    [MemberData(nameof(Mappings))]
    public void Every_mapping_has_the_keys_of_its_reader_each_described(string name, string[] keys)
    {
        JsonObject mapping = name.Length == 0 ? Schema : Schema["$defs"]![name]!.AsObject();

        Assert.Equal(keys, mapping["properties"]!.AsObject().Select(p => p.Key));
        Assert.Equal("false", mapping["additionalProperties"]!.ToJsonString());
        Assert.All(mapping["properties"]!.AsObject(), p => Assert.True(p.Value!["description"] is not null || p.Value["$ref"]?.ToString() == "#/$defs/mode", p.Key));
    }

    [Fact]
    public void No_mapping_with_keys_is_overlooked() => Assert.Equal(
        ["dgram", "dhcp", "networkSettings", "nicSettings", "stream", "tap", "vhostUser", "vmSettings"],
        Schema["$defs"]!.AsObject().Where(d => d.Value!["properties"] is not null).Select(d => d.Key).Order());

    [Fact]
    public void The_words_are_those_of_the_readers()
    {
        JsonObject nic = Schema["$defs"]!["nicSettings"]!["properties"]!.AsObject();
        JsonObject network = Schema["$defs"]!["networkSettings"]!["properties"]!.AsObject();

        Assert.All(Words(Schema["$defs"]!["mode"]!), word => Assert.True(NetworkModes.TryParse(word, out _), word));
        Assert.All(NetworkModes.Words, word => Assert.Contains(word, Words(Schema["$defs"]!["mode"]!)));
        Assert.Equal([.. Words(Schema["$defs"]!["mode"]!), NetworkModes.NotAttached], Words(nic["mode"]!));
        Assert.Equal(AttachmentKinds.Words, Words(nic["attach"]!));
        Assert.Equal(NicModel.Words, Words(nic["model"]!));
        Assert.Equal(PollingWords.All, Words(network["polling"]!));
        Assert.Equal(StaticName.MostAddresses, (int)Schema["$defs"]!["addresses"]!["anyOf"]![1]!["maxItems"]!);
        Assert.Equal((Network.MinMtu, Network.MaxMtu, Vm.MaxNics, VhostUserPlace.MaxQueues),
            ((int)network["mtu"]!["minimum"]!, (int)network["mtu"]!["maximum"]!, (int)Schema["$defs"]!["nics"]!["maxItems"]!,
                (int)Schema["$defs"]!["vhostUser"]!["properties"]!["queues"]!["maximum"]!));
    }

    [Fact]
    public void Every_example_is_valid()
    {
        string[] examples = Directory.GetFiles(Repository.PathOf("examples"), "*.weft.yml", SearchOption.AllDirectories);

        Assert.NotEmpty(examples);
        Assert.All(examples, file => Assert.Null(Validator.FaultOf(YamlJson.Of(File.ReadAllText(file)))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("networks: { a: natnetwork, b: intnet }\nvms: { x: [a, b, intnet, nat, {mode: internal}, {mode: none}, none], y: , z: { nics: } }")]
    [InlineData("networks: { a: { mode: nat, dhcp: off, force: yes, dns: 'on' } }")]
    [InlineData("networks: { a: { mode: nat, names: { db: [10.0.0.5, 10.0.0.6], api.example.test: 192.0.2.1, '1st': 10.0.0.7 } }, b: { mode: nat, names: } }")]
    [InlineData("vms: { a: [ { net: nat, tap: { name: t0, netns: 1234 } }, { net: nat, vhost-user: /run/x } ] }\nforwards:")]
    public void What_reads_well_is_valid(string text)
    {
        Assert.NotNull(TopologyFile.Read(text, "f").Topology);
        Assert.Null(Validator.FaultOf(YamlJson.Of(text)));
    }

    [Fact]
    public void What_is_written_is_valid()
    {
        RandomTopologies topologies = new(21);
        TopologyMutations mutations = new(21);
        for (int i = 0; i < 200; i++)
        {
            Topology topology = mutations.Next(topologies.Next());

            Assert.Null(Validator.FaultOf(YamlJson.Of(TopologyText.Write(topology))));
            Assert.Null(Validator.FaultOf(YamlJson.Of(TopologyWriter.Whole(topology))));
            Assert.Equal(topology, TopologyFile.Read(TopologyWriter.Whole(topology), "f").Require());
        }
    }

    [Theory]
    [MemberData(nameof(TopologyFileTests.Mistakes), MemberType = typeof(TopologyFileTests))]
    [MemberData(nameof(TopologyFileTests.MistakesOfNames), MemberType = typeof(TopologyFileTests))]
    public void Unknown_keys_words_and_shapes_are_not_valid(string text, string code, string message, string cause)
    {
        if (code is "W1002" or "W1003" or "W1005" or "W1006" or "W1009" or "W1007")
        {
            Assert.True(Validator.FaultOf(YamlJson.Of(text)) is not null, $"{message}: {cause}");
        }
    }

    private static IEnumerable<string> Words(JsonNode property) => property["enum"]!.AsArray().Select(w => w!.GetValue<string>());
}
