using System.Globalization;
using System.Text;

namespace Weft.Daemon.Metrics;

/// <summary>Writes Prometheus' text format, version 0.0.4: HELP and TYPE once for each name, then its samples.</summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _name = "";

    /// <summary>What follows counts up, from the start of what it counts.</summary>
    /// <param name="name">Ends in _total.</param>
    public MetricsText Counter(string name, string help) => Family(name, "counter", help);

    /// <summary>What follows goes up and down.</summary>
    public MetricsText Gauge(string name, string help) => Family(name, "gauge", help);

    public MetricsText Add(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_name);
        for (int i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }
        _text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    private MetricsText Family(string name, string type, string help)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
