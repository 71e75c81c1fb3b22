using Weft.Lab.Load;
using Weft.Lab.Streams;
using Weft.Lab.Survival;

// Streams that always find something to do never give their thread back: the pool must not wait to grow.
ThreadPool.SetMinThreads(128, 128);
return args switch
{
    ["survival", .. var rest] => await SurvivalTool.RunAsync(rest),
    ["load", .. var rest] => await LoadTool.RunAsync(rest),
    _ => await StreamTool.RunAsync(args),
};
