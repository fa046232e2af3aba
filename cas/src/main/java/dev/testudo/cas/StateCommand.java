package dev.testudo.cas;

import dev.testudo.cas.store.database.StoreException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/// What the commands that work on the state of a CAS have in common: help, usage, and the exit
/// codes of failures.
///
/// @param name the word after `testudo cas`
/// @param usage the lines after a wrong argument
/// @param help the lines after `--help`
record StateCommand(String name, String usage, String help) {
  static final int DONE = 0;
  static final int INPUT_WRONG = 1;
  static final int USAGE = 2;
  static final int ENVIRONMENT_FAILED = 3;
  static final int REFUSED = 4;

  /// What a command does.
  @FunctionalInterface
  interface Body {
    /// Runs the command.
    ///
    /// @param args the arguments after the name
    /// @return the exit code
    int run(List<String> args) throws Usage.Unusable, IOException;
  }

  /// Runs the command, or prints its help.
  ///
  /// @param args the arguments, the name first
  /// @return the exit code
  int run(List<String> args, PrintStream out, PrintStream err, Body body) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(help);
      out.flush();
      return DONE;
    }
    try {
      return body.run(args.subList(1, args.size()));
    } catch (Usage.Unusable e) {
      tell(e.problem(), err);
      err.print(usage);
      return USAGE;
    } catch (StoreException e) {
      tell(String.valueOf(e.getMessage()), err);
      return exitCode(e);
    } catch (IOException e) {
      tell(String.valueOf(e.getMessage()), err);
      return ENVIRONMENT_FAILED;
    }
  }

  /// Prints one line about a problem.
  void tell(String problem, PrintStream err) {
    err.println("testudo cas %s: %s".formatted(name, problem));
  }

  private static int exitCode(StoreException e) {
    return switch (e.reason()) {
      case OTHER, IN_USE, NO_KEY -> ENVIRONMENT_FAILED;
      case WRONG_KEY,
          CHANGED_VALUE,
          CHANGED_ROWS,
          CHANGED_LOG,
          NO_COPY,
          SHORTENED_COPY,
          CHANGED_COPY,
          OLDER_DATABASE,
          NO_ANCHOR,
          CHANGED_ANCHOR ->
          REFUSED;
    };
  }
}
