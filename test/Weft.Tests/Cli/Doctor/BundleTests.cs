using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Weft.Cli.Doctor;

namespace Weft.Tests.Cli.Doctor;

/// <summary>What a bundle must not say, planted in every text of it.</summary>
public sealed class BundleTests : IDisposable
{
    private static readonly string[] Secrets =
        ["alice", "ALICE", "/home/alice", "thinkpad-7", "corp.example.org", "8f:3a:91", "8F:3A:91", "93.184.216.34", "2606:2800:220:1::5"];

    private readonly string _folder = Directory.CreateTempSubdirectory("weft-bundle-").FullName;

    private static Redactor NewRedactor() => new(["alice", "bob"], ["/home/alice"], ["thinkpad-7", "corp.example.org"]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Planted_secrets_do_not_appear()
    {
        string text = "user alice (ALICE) in /home/alice/weft on thinkpad-7.corp.example.org, mac 52:54:00:8f:3a:91 or 52:54:00:8F:3A:91, " +
            "peer 93.184.216.34:443 and [2606:2800:220:1::5]:80, alice@thinkpad-7, path=/home/alice/.local";
        string path = Path.Combine(_folder, "b.tar.gz");

        IReadOnlyList<(string Name, int Bytes)> written = Bundle.Write(path, [("doctor.json", text), ("state/vms/alice.json", text)], NewRedactor());

        Dictionary<string, string> read = Read(path);
        Assert.Equal(written.Select(w => w.Name), read.Keys);
        Assert.All(read, part => Assert.All(Secrets, secret => Assert.DoesNotContain(secret, part.Key + part.Value)));
        // The stream below is packed; what it says is what was read.
        Assert.DoesNotContain("alice", Encoding.Latin1.GetString(File.ReadAllBytes(path)));
    }

    [Fact]
    public void The_same_is_the_same_token_everywhere()
    {
        Redactor redactor = NewRedactor();

        Assert.Equal("<user-1> <user-2> <user-1>", redactor.Redact("alice bob Alice"));
        Assert.Equal("52:54:00:<mac-1> <ip-1> <ip-2> <ip-1>", redactor.Redact("52:54:00:8f:3a:91 93.184.216.34 1.1.1.1 93.184.216.34"));
        Assert.Equal("<user-1> 52:54:00:<mac-1>", redactor.Redact("alice 52:54:00:8F:3A:91"));
    }

    [Theory]
    [InlineData("10.20.0.15/24 and 192.168.1.1, 172.16.9.9, 127.0.0.53, 169.254.1.1, 224.0.0.251, 0.0.0.0:8080")]
    [InlineData("fe80::1 and ::1, at 23:22:42.036 on 2026-11-21T23:22:42.036Z")]
    [InlineData("alicent, malice; version 6.12.1; W2003")]
    public void What_tells_nothing_stays(string text) => Assert.Equal(text, NewRedactor().Redact(text));

    private static Dictionary<string, string> Read(string path)
    {
        Dictionary<string, string> parts = [];
        using GZipStream unzipped = new(File.OpenRead(path), CompressionMode.Decompress);
        using TarReader tar = new(unzipped);
        while (tar.GetNextEntry() is { } entry)
        {
            Assert.Equal(("", 0), (((PosixTarEntry)entry).UserName, entry.Uid));
            using StreamReader reader = new(entry.DataStream!);
            parts[entry.Name] = reader.ReadToEnd();
        }
        return parts;
    }
}
