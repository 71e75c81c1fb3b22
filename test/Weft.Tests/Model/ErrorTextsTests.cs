using System.Reflection;
using Weft.Engine;
using Weft.Model.Errors;

namespace Weft.Tests.Model;

/// <summary>Every code and every reason has its words, in the program and in docs/errors.md.</summary>
public sealed class ErrorTextsTests
{
    private static Explanation[] Reasons => [.. DropReasons.All.Select(r => new Explanation(r.Name, r.Text, r.Cause, r.Try))];

    [Fact]
    public void Every_code_has_its_row_in_order()
    {
        string[] codes = [.. typeof(ErrorCode).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral)
            .Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal)];

        Assert.Equal(codes, ErrorTexts.All.Select(row => row.Name));
        Assert.Equal(codes.Length, ErrorTexts.All.Select(row => row.Text).Distinct().Count());
        Assert.All(ErrorTexts.All, row => Assert.All([row.Text, row.Cause, row.Try, row.Example], words => Assert.NotEqual("", words.Trim())));
    }

    /// <summary>After a change of the tables: WEFT_WRITE_DOCS=1 writes the page anew.</summary>
    [Fact]
    public void The_page_is_the_tables()
    {
        string path = Repository.PathOf("docs/errors.md");
        string page = ErrorTexts.Page(Reasons);
        if (Environment.GetEnvironmentVariable("WEFT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, page);
        }
        Assert.Equal(page, File.ReadAllText(path));
    }
}
