package dev.testudo.agent.report;

import java.util.function.IntSupplier;

/// What a process does about an exception that nobody expects.
public final class Bugs {
  /// The exit code for a bug of Testudo.
  private static final int EXIT_CODE = 70;

  private Bugs() {}

  /// Runs `command` and returns its exit code. An exception is reported as a bug.
  public static int report(IntSupplier command) {
    try {
      return command.getAsInt();
    } catch (RuntimeException | Error e) {
      tell(e);
      return EXIT_CODE;
    }
  }

  /// Ends the process on an uncaught exception in any thread, because other threads may wait for
  /// that thread.
  public static void endTheProcess() {
    Thread.setDefaultUncaughtExceptionHandler(
        (_, bug) -> {
          tell(bug);
          Runtime.getRuntime().halt(EXIT_CODE);
        });
  }

  private static void tell(Throwable bug) {
    System.err.println("testudo: this is a bug in Testudo; please report it with the lines below");
    bug.printStackTrace();
  }
}
