namespace Weft.Lab.Services;

/// <summary>A resolv.conf of the scene's own in place of the host's, for the Wefts that start while it stands.</summary>
internal sealed class ResolvConf : IDisposable
{
    private const string Variable = "WEFT_RESOLV_CONF";

    private readonly string _path;

    public ResolvConf(ScratchFolder folder, string server)
    {
        _path = folder.File("resolv.conf");
        Replace(server);
        Environment.SetEnvironmentVariable(Variable, _path);
    }

    /// <summary>By a rename, as every program that writes it does.</summary>
    public void Replace(string server)
    {
        File.WriteAllText($"{_path}.new", $"# made by a scene\nnameserver {server}\n");
        File.Move($"{_path}.new", _path, overwrite: true);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);
}
