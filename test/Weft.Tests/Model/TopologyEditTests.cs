using Weft.Model;
using Weft.Model.Differences;
using Weft.Model.Files;
using Weft.Model.Files.Editing;

namespace Weft.Tests.Model;

/// <summary>The text of a topology: written afresh, and changed where only something of it differs.</summary>
public sealed class TopologyEditTests
{
    private const string Lab = """
        # The lab.
        name: lab

        networks:
          # where the guests live
          lab:            # by day
            mode: nat-network
            # jumbo frames do not fit
            mtu: 1500
            dhcp: { lease: 7200 }   # two hours
          # nobody gets out
          quiet: internal

        vms:
          # the web server
          alpha:
            nics:
              - lab       # the front
              # behind
              - { net: quiet, plugged: true }
          beta: [lab]     # plain

        # doors
        forwards:
          - 8080:alpha:80      # the web
          # names
          - 5353:beta:53/udp
        """;

    private const string Names = """
        networks:
          lab:
            mode: nat-network
            # who is who
            names:
              db: 10.0.0.5        # it moves
              # the printer
              printer: 10.0.0.9   # loud
              api.example.test: 192.0.2.7   # v2

        vms:
          beta: [lab]

        """;

    [Fact]
    public void What_is_written_is_read_back_as_the_same()
    {
        RandomTopologies topologies = new(11);
        TopologyMutations mutations = new(11);
        for (int i = 0; i < 400; i++)
        {
            Topology topology = mutations.Next(mutations.Next(topologies.Next()));

            string text = TopologyText.Write(topology);

            Assert.Equal(topology, Read(text));
            Assert.DoesNotContain("mtu: 1500", text);
        }
    }

    [Fact]
    public void Cards_ways_and_numbers_without_a_card_are_written_as_briefly_as_they_can_be()
    {
        Topology topology = Read("""
            networks: { lab: { mode: nat-network, started: false } }
            vms:
              a: { nics: [~, { net: lab, model: e1000, attach: stream }, ~, { net: lab, model: 82543gc, stream: ":5000" }] }
              b: [{ net: lab, attach: stream }, { net: lab, stream: { connect: /run/b } }, { net: lab, attach: dgram },
                { net: lab, dgram: { local: "127.0.0.1:1", remote: "127.0.0.1:2" } }]
            """);

        string text = TopologyText.Write(topology);

        Assert.Equal("""
            networks:
              lab: { mode: nat-network, started: false }

            vms:
              a:
                - null
                - { net: lab, model: e1000 }
                - null
                - { net: lab, model: "82543GC", stream: "127.0.0.1:5000" }
              b:
                - { net: lab, attach: stream }
                - { net: lab, stream: { connect: /run/b } }
                - { net: lab, attach: dgram }
                - { net: lab, dgram: { local: "127.0.0.1:1", remote: "127.0.0.1:2" } }

            """, text);
        Assert.Equal(topology, Read(text));
        Topology other = Read("""
            networks: { lab: nat-network }
            vms: { a: [lab, ~, { net: lab, model: e1000 }], b: [lab, { net: lab, model: pcnet }, ~, { net: lab, attach: stream }] }
            """);
        Assert.Equal(other, Read(TopologyEdit.Write(text, other)));
        Assert.Equal(topology, Read(TopologyEdit.Write(TopologyText.Write(other), topology)));
    }

    [Fact]
    public void Names_that_YAML_could_take_for_something_else_stay_names()
    {
        Topology topology = Read("networks: { 'null': nat, 'true': nat, 'no': nat, '12': nat, 1e3: internal }\nvms: { 'null': ['null', 'true', 'no', '12', 1e3] }");

        Assert.Equal("networks:\n  \"12\": nat\n  \"1e3\": internal\n  \"no\": nat\n  \"null\": nat\n  \"true\": nat\n\n" +
            "vms:\n  \"null\": [\"null\", \"true\", \"no\", \"12\", \"1e3\"]\n", TopologyText.Write(topology));
        Assert.Equal(topology, Read(TopologyText.Write(topology)));
        Assert.Equal(topology, Read(TopologyWriter.Whole(topology)));
    }

    [Fact]
    public void The_short_forms_are_what_is_written() => Assert.Equal("""
        networks:
          lab: nat-network
          office: { mode: nat-network, subnet: 10.30.0.0/24, dhcp: { first: 10.30.0.100, last: 10.30.0.199, lease: 7200 }, mtu: 9000 }

        vms:
          alpha: [lab, none]
          beta: [{ net: lab, attach: seqpacket }]
          gamma:
            - nat
            - { net: lab, mac: "52:54:00:00:00:01", tap: { name: t0, netns: guest }, plugged: false }
            - { net: lab, vhost-user: /run/x }

        forwards:
          - 8080:alpha:80
          - 0.0.0.0:53:beta:53/udp

        """.Replace("8080:alpha:80\n  - 0.0.0.0:53:beta:53/udp", "0.0.0.0:53:beta:53/udp\n  - 8080:alpha:80"),
        TopologyText.Write(Read("""
            forwards: ["0.0.0.0:53:beta:53/udp", 127.0.0.1:8080:alpha:80/tcp]
            networks:
              lab: { mode: nat-network, dns: true, mtu: 1500 }
              office: { mode: nat-network, subnet: 10.30.0.0/24, mtu: 9000, dhcp: { lease: 7200, first: 10.30.0.100, last: 10.30.0.199 } }
            vms:
              alpha: { nics: [ { net: lab, attach: vhost-user, vhost-user: { role: server } }, none ] }
              beta: [ { net: lab, attach: seqpacket } ]
              gamma: [ nat, { net: lab, plugged: false, mac: 52-54-00-00-00-01, tap: { name: t0, netns: guest } }, { net: lab, vhost-user: /run/x } ]
            """)));

    [Theory]
    [InlineData(Lab)]
    [InlineData("{ networks: { lab: nat-network } }")]
    [InlineData("# as in Windows\r\nnetworks:\r\n  lab: nat\r\n")]
    [InlineData("# nothing\n")]
    [InlineData("networks: { lab: &x { mode: nat-network, mtu: 9000 } }\nvms: { a: &v [lab], b: *v }")]
    public void A_text_that_says_what_is_wanted_stays_as_it_is(string text) => Assert.Equal(text, TopologyEdit.Write(text, Read(text)));

    public static TheoryData<string, string, string, string> Edits => new()
    {
        { "a forward is added at the list's end", Lab, "  - 5353:beta:53/udp", "  - 5353:beta:53/udp\n  - 2222:alpha:22" },
        { "a forward goes with its comments", Lab, "  - 8080:alpha:80      # the web\n", "" },
        { "comment lines above what goes go too", Lab + "\n", "  # names\n  - 5353:beta:53/udp\n", "" },
        { "one value of a block", Lab, "mtu: 1500", "mtu: 9000" },
        { "a value with a comment behind", Lab, "dhcp: { lease: 7200 }", "dhcp: { lease: 60 }" },
        { "a key is added to a block", Lab, "   # two hours\n", "   # two hours\n    polling: latency\n" },
        { "a short form becomes a long one", Lab, "quiet: internal", "quiet: { mode: internal, mtu: 9000 }" },
        { "a network goes", Lab.Replace("- { net: quiet, plugged: true }", "- lab"), "  # nobody gets out\n  quiet: internal\n", "" },
        { "a network comes", Lab, "  quiet: internal\n", "  quiet: internal\n  zoo: nat\n" },
        { "a cable is pulled", Lab, "plugged: true", "plugged: false" },
        { "a cable of a short form is pulled", Lab, "- lab       # the front", "- { net: lab, plugged: false }       # the front" },
        { "a cable in brackets", Lab, "beta: [lab]", "beta: [{ net: lab, plugged: false }]" },
        { "a NIC more", Lab, "beta: [lab]", "beta: [lab, quiet]" },
        { "a NIC more in lines", Lab, "plugged: true }\n", "plugged: true }\n      - none\n" },
        { "a NIC less", Lab, "      # behind\n      - { net: quiet, plugged: true }\n", "" },
        { "a VM more", Lab, "     # plain\n", "     # plain\n  gamma: [none]\n" },
        { "a VM less", Lab.Replace("  # names\n  - 5353:beta:53/udp", ""), "  beta: [lab]     # plain\n", "" },
        { "a section more", "networks: { lab: nat-network }\nvms: { a: [lab] }", "a: [lab] }", "a: [lab] }\n\nforwards:\n  - 80:a:80\n" },
        { "the last of a list in brackets", "vms: { a: [nat] }\nforwards: [80:a:80, 81:a:81]\n", ", 81:a:81", "" },
        { "the first of a list in brackets", "vms: { a: [nat] }\nforwards: [80:a:80, 81:a:81]\n", "80:a:80, ", "" },
        { "the only one of a list in brackets", "vms: { a: [nat] }\nforwards: [80:a:80]\n", "80:a:80", "" },
        { "a list in brackets that was empty", "vms: { a: [nat] }\nforwards: []\n", "[]", "[80:a:80]" },
        { "a section that is there and empty", "vms: { a: [nat] }\nforwards:  # none yet\n# end\n", "yet\n", "yet\n  - 80:a:80\n" },
        { "a text of one bracket", "{ vms: { a: [nat] } }\n", " }\n", ", forwards: [80:a:80] }\n" },
        { "lines that end as in Windows", "vms:\r\n  a: [nat]\r\nforwards:\r\n  - 80:a:80\r\n", "- 80:a:80\r\n", "- 80:a:80\r\n  - 81:a:81\r\n" },
        { "a network that existed by use", "vms: { a: [nat] }\n", "}\n", "}\n\nnetworks:\n  nat: { mode: nat, mtu: 9000 }\n" },
        { "a VM without NICs", "networks: { lab: nat }\nvms:\n  a:   # later\n", "a:", "a: [lab]" },
        { "a JSON file", "{\n  \"networks\": { \"lab\": \"nat\" },\n  \"vms\": { \"a\": [\"lab\"] }\n}\n", "\"a\": [\"lab\"] ", "\"a\": [\"lab\"], b: [lab] " },
        { "an address of a name", Names, "db: 10.0.0.5", "db: 10.0.0.7" },
        { "a name gets a second address", Names, "db: 10.0.0.5", "db: [10.0.0.5, 10.0.0.6]" },
        { "a name more", Names, "# v2\n", "# v2\n      web: 10.0.0.8\n" },
        { "a name less", Names, "      # the printer\n      printer: 10.0.0.9   # loud\n", "" },
        { "the last name", "networks:\n  lab:\n    mode: nat\n    # soon\n    names: { db: 10.0.0.5 }\n    mtu: 1400\n", "    # soon\n    names: { db: 10.0.0.5 }\n", "" },
        { "the first name", "networks:\n  lab:\n    mode: nat\n", "nat\n", "nat\n    names: { db: 10.0.0.5 }\n" },
        { "another name in place of the only one", "networks:\n  lab:\n    mode: nat\n    names: { db: 10.0.0.5 } # one\n", "db: 10.0.0.5", "web: 10.0.0.5" },
        { "the first name of a short form", "networks:\n  lab: nat # short\n", "nat #", "{ mode: nat, names: { db: 10.0.0.5 } } #" },
        { "a key goes from brackets", "networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24, mtu: 9000 } }", " subnet: 10.20.0.0/24,", "" },
        { "a key goes from lines", "networks:\n  lab:\n    mode: nat-network\n    # ours\n    subnet: 10.20.0.0/24\n    # big\n    mtu: 9000\n", "    # ours\n    subnet: 10.20.0.0/24\n", "" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Only_what_differs_is_edited(string what, string text, string old, string next)
    {
        Assert.Contains(old, text);
        string wanted = text.Replace(old, next);

        Assert.True(wanted == TopologyEdit.Write(text, Read(wanted)), $"{what}:\n{TopologyEdit.Write(text, Read(wanted))}");
    }

    [Fact]
    public void Whatever_changes_the_text_says_it_and_what_did_not_keeps_its_comments()
    {
        RandomTopologies topologies = new(12);
        TopologyMutations mutations = new(12);
        int kept = 0;
        int whole = 0;
        for (int i = 0; i < 600; i++)
        {
            Topology before = topologies.Next();
            string text = Commented(TopologyText.Write(before), i % 2 == 0 ? "\n" : "\r\n");
            Topology after = mutations.Next(before);
            for (int more = i % 3; more > 0; more--)
            {
                after = mutations.Next(after);
            }

            string edited = TopologyEdit.Write(text, after);

            Assert.Equal(after, Read(edited));
            HashSet<string> touched = [.. TopologyDifferences.Between(before, after).Select(d => d.Name.Split(':')[0])];
            foreach (string line in text.Split('\n').Where(l => l.Contains("#:", StringComparison.Ordinal)))
            {
                string name = line[(line.IndexOf("#:", StringComparison.Ordinal) + 2)..].Trim('\r', ' ');
                if (!touched.Contains(name.Split(':')[0]))
                {
                    Assert.Contains(line, edited);
                    kept++;
                }
            }
            whole += edited.Contains("# the head", StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.True(kept > 1000 && whole == 600, $"{kept} comments kept, {whole} heads");
    }

    [Fact]
    public void A_text_with_an_alias_is_written_afresh()
    {
        const string text = "vms: { a: &x [nat], b: *x }\n";

        Assert.Equal("vms:\n  a: [{ net: nat, plugged: false }]\n  b: [nat]\n",
            TopologyEdit.Write(text, Read("vms: { a: [{ net: nat, plugged: false }], b: [nat] }")));
    }

    [Fact]
    public void Whatever_text_there_is_what_comes_out_says_what_is_wanted()
    {
        string good = File.ReadAllText(Repository.PathOf("examples/modes.weft.yml"));
        TopologyMutations mutations = new(13);
        Random random = new(13);
        for (int i = 0; i < 1500; i++)
        {
            char[] text = good.ToCharArray();
            text[random.Next(text.Length)] = "{}[]:,-#&*!|>'\"%@\n\t 09az"[random.Next(24)];
            Topology wanted = mutations.Next(TopologyFile.Read(new string(text), "f").Topology ?? Read(good));

            Assert.Equal(wanted, Read(TopologyEdit.Write(new string(text), wanted)));
        }
    }

    /// <summary>A comment behind each entry that names it, and a line above.</summary>
    private static string Commented(string text, string lineBreak) => "# the head" + lineBreak + string.Concat(text.TrimEnd('\n').Split('\n').Select(line =>
    {
        string name = line.Trim(' ', '-').Split(' ')[0].TrimEnd(':');
        bool entry = line.StartsWith("  ", StringComparison.Ordinal) && !line.StartsWith("    ", StringComparison.Ordinal);
        return entry ? $"  #:{name}{lineBreak}{line}   #:{name}{lineBreak}" : line + lineBreak;
    }));

    private static Topology Read(string text) => TopologyFile.Read(text, "f").Require();
}
