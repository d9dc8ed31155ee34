using System.CommandLine;

namespace MultiModal.Benchmarks;

/// <summary>Reads profiles that other commands left.</summary>
static class ProfileCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "Profiles that a session wrote (RuntimeOptions.ProfilePrefix).", Arity = ArgumentArity.OneOrMore };
        var byNode = new Option<bool>("--nodes") { Description = "The costliest nodes with their shapes, instead of kinds of operators." };
        var command = new Command("profile", "Which operators the runs of a profile spent their time in.") { files, byNode };
        command.SetAction(arguments =>
        {
            foreach (var file in arguments.GetRequiredValue(files))
            {
                Console.WriteLine(Path.GetFileName(file));
                OperatorTimes.Print(file, arguments.GetValue(byNode));
            }
        });
        return command;
    }
}
