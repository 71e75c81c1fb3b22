using Weft.Daemon.Store;

namespace Weft.Tests.Daemon;

public sealed class ObjectStoreTests
{
    private static readonly string[] Kinds = ["networks", "vms"];

    /// <summary>What the store holds before the change that is interrupted.</summary>
    private static readonly Dictionary<string, string> Before = new() { ["networks/a"] = "{\"v\":1}", ["networks/b"] = "{\"v\":1}",
        ["vms/x"] = "[1]" };

    private static readonly Dictionary<string, string> After = new() { ["networks/a"] = "{\"v\":2}", ["vms/x"] = "[1]", ["vms/y"] = "[2]" };

    [Fact]
    public void A_crash_at_any_call_leaves_the_old_or_the_new_and_what_was_acknowledged_stays()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            bool died = true;
            for (int at = 1; died; at++)
            {
                Random random = new(seed);
                CrashingFiles files = WithBefore(random, out ObjectStore store, out int calls);
                files.DieAt = calls + at;
                died = !TryChange(store, out bool acknowledged);
                CrashingFiles rebooted = files.Restart();
                IReadOnlyDictionary<string, string> found = Reopen(rebooted);

                Assert.True(Same(found, After) || (Same(found, Before) && !acknowledged),
                    $"seed {seed}, call {at}: {string.Join(' ', found)}");
                Assert.DoesNotContain(rebooted.Seen.Keys, path => path.EndsWith(".new", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void A_crash_while_the_store_mends_itself_changes_nothing_either()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            CrashingFiles files = WithBefore(random, out ObjectStore store, out int calls);
            files.DieAt = calls + 4 + random.Next(6);
            bool acknowledged = false;
            _ = TryChange(store, out acknowledged);
            for (int at = 1; at < 30; at++)
            {
                files = files.Restart();
                files.DieAt = at;
                try
                {
                    Open(files);
                }
                catch (CrashException)
                {
                    continue;
                }
            }
            IReadOnlyDictionary<string, string> found = Reopen(files.Restart());
            Assert.True(Same(found, After) || (Same(found, Before) && !acknowledged));
        }
    }

    [Fact]
    public void A_full_disk_at_any_write_leaves_the_store_as_it_was()
    {
        bool refused = true;
        int refusals = 0;
        for (int at = 1; refused || at < 20; at++)
        {
            CrashingFiles files = WithBefore(new Random(at), out ObjectStore store, out int calls);
            files.FullAt = calls + at;
            try
            {
                Change(store);
                refused = false;
                Assert.True(Same(store.Objects, After));
                Assert.True(Same(Reopen(files.Restart()), After));
            }
            catch (IOException)
            {
                refused = true;
                refusals++;
                Assert.True(Same(store.Objects, Before));
                Assert.True(Same(Reopen(files.Restart()), Before));
                files.FullAt = 0;
                Change(store);
                Assert.True(Same(Reopen(files.Restart()), After));
            }
        }
        Assert.True(refusals >= 3, "two objects and the journal");
    }

    [Fact]
    public void A_journal_with_a_torn_end_is_cut_there()
    {
        CrashingFiles files = WithBefore(new Random(1), out _, out _);
        string journal = files.Seen["/state/journal"];
        files.Append("/state/journal", "0123456789abcdef {\"number\":9,\"put\":{\"vms/z\":\"[]\"}}\n");

        Assert.True(Same(Reopen(files), Before));
        Assert.Equal(journal, files.Seen["/state/journal"]);
    }

    [Fact]
    public void On_a_real_disk_it_is_the_same()
    {
        string folder = Directory.CreateTempSubdirectory("weft-store-").FullName;
        try
        {
            ObjectStore store = new(new DiskFiles(), folder, Kinds, TimeProvider.System);
            store.Open();
            Write(store, StoreChange.Between("first", store.Objects, Before));
            Change(store);
            ObjectStore again = new(new DiskFiles(), folder, Kinds, TimeProvider.System);
            again.Open();

            Assert.True(Same(again.Objects, After));
            Assert.Equal("{\"v\":2}", File.ReadAllText($"{folder}/networks/a.json"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{folder}/networks/a.json"));
            Assert.Equal(4, File.ReadAllLines($"{folder}/journal").Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CrashingFiles WithBefore(Random random, out ObjectStore store, out int calls)
    {
        CrashingFiles files = new(random);
        store = Open(files);
        Write(store, StoreChange.Between("before", store.Objects, Before));
        files = files.Restart();
        store = Open(files);
        calls = files.Calls;
        Assert.True(Same(store.Objects, Before));
        return files;
    }

    private static ObjectStore Open(CrashingFiles files)
    {
        ObjectStore store = new(files, "/state", Kinds, TimeProvider.System);
        store.Open();
        return store;
    }

    private static IReadOnlyDictionary<string, string> Reopen(CrashingFiles files) => Open(files).Objects;

    private static bool TryChange(ObjectStore store, out bool acknowledged)
    {
        acknowledged = false;
        try
        {
            Change(store);
            return acknowledged = true;
        }
        catch (CrashException)
        {
            return false;
        }
    }

    private static void Change(ObjectStore store) => Write(store, StoreChange.Between("change", store.Objects, After));

    private static void Write(ObjectStore store, StoreChange change)
    {
        store.Stage(change);
        store.Commit(change);
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(o => other.GetValueOrDefault(o.Key) == o.Value);
}
