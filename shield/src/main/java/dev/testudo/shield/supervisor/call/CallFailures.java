package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.Shortages;
import dev.testudo.shield.Shortages.Side;

/// Turns errors of the supervisor into answers for the program.
public final class CallFailures {
  private final Shortages shortages;

  public CallFailures(Shortages shortages) {
    this.shortages = shortages;
  }

  /// Returns the answer to `call`. Also reports a shortage of descriptors, because the shield
  /// caused it.
  public Answer answer(StoppedCall call, ErrnoException problem) {
    if (Shortages.isShortage(problem.errno())) {
      var name = SystemCall.name(call.number());
      var what = "%s of the program fails with %s".formatted(name, Errno.name(problem.errno()));
      shortages.note(Side.CALL, what, problem.errno());
    }
    return new Answer.Failure(problem.errno());
  }
}
