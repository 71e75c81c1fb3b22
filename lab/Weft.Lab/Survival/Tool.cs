using System.Diagnostics;
using System.Threading.Channels;
using Weft.Lab.Guests;

namespace Weft.Lab.Survival;

/// <summary>A running program of this assembly, in a guest or on the host: lines in, lines out. Traffic has processes of its own, so that it cannot starve the scene.</summary>
internal sealed class Tool : IDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Process _process;

    private Tool(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, said) =>
        {
            if (said.Data is { } line)
            {
                _lines.Writer.TryWrite(line);
            }
            else
            {
                _lines.Writer.TryComplete();
            }
        };
        _process.BeginOutputReadLine();
    }

    public static Tool In(NamespaceGuest guest, string arguments) => new(guest.StartTool(arguments));

    public static Tool OnHost(string arguments) => new(Process.Start(new ProcessStartInfo("sh", ["-c", $"exec 2>&1; exec {NamespaceGuest.Tool} {arguments}"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!);

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>The next line, or null when it has ended.</summary>
    public async Task<string?> NextAsync(TimeSpan limit)
    {
        using CancellationTokenSource late = new(limit);
        try
        {
            return await _lines.Reader.ReadAsync(late.Token);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"said nothing for {limit.TotalSeconds:0} s";
        }
    }

    /// <summary>Ends its input.</summary>
    public void End() => _process.StandardInput.Close();

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }
    }

    /// <summary>What it still says.</summary>
    public async Task<List<string>> RestAsync()
    {
        List<string> lines = [];
        await foreach (string line in _lines.Reader.ReadAllAsync())
        {
            lines.Add(line);
        }

        return lines;
    }
}
