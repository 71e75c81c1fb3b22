using Weft.Bench;

// weft bench [nat] [switch] [--rounds N] [--seconds N]: peers in the same run, interleaved. Needs root for namespaces.
Options options = Options.Parse(args);
if (Environment.UserName != "root")
{
    Console.Error.WriteLine("error: the bench makes namespaces\nwhy: that needs root here\ntry: sudo ./weft bench");
    return 1;
}
Conditions.Print();
if (options.Wants("nat"))
{
    new NatBench(options).Run();
}
if (options.Wants("switch"))
{
    new SwitchBench(options).Run();
}
return 0;
