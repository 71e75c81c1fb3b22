namespace Weft.Gateway.Dhcp;

/// <summary>The journal's hold on the disk. Each call is durable when it returns; errors of the system are <see cref="IOException"/>.</summary>
internal interface ILeaseFile : IDisposable
{
    /// <summary>Bytes in the file.</summary>
    long Length { get; }

    byte[] Read();

    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Replaces everything at once: after a crash either the old or the new content is there.</summary>
    void Rewrite(ReadOnlySpan<byte> bytes);

    /// <summary>Puts the file aside under another name: it is not ours to overwrite.</summary>
    void PutAside();
}
