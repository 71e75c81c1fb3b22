using Weft.Lab.Streams;

return await StreamTool.RunAsync(args);
