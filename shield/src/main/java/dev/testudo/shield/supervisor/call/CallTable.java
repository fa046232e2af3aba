package dev.testudo.shield.supervisor.call;

import static dev.testudo.linux.sys.Errno.ENOSYS;

import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SystemCall;
import java.util.HashMap;
import java.util.Map;

/// Dispatches each suspended call to its handler and returns the answer. A call without a handler
/// fails with `ENOSYS`.
public final class CallTable {
  private final Map<Integer, CallHandler> handlers = new HashMap<>();
  private final CallFailures failures;

  /// Creates an empty table.
  public CallTable(CallFailures failures) {
    this.failures = failures;
  }

  /// Registers `handler` for `call`, if this architecture has that call.
  public void handle(SystemCall call, CallHandler handler) {
    call.number(Architecture.current()).ifPresent(number -> handlers.put(number, handler));
  }

  /// Performs `call` and answers it, unless the handler holds it.
  public void serve(StoppedCall call) throws ErrnoException {
    Answer answer = new Answer.Failure(ENOSYS);
    try {
      var outcome = outcome(call);
      answer = outcome.answer();
      follow(outcome, call.answer(answer));
    } finally {
      if (!(answer instanceof Answer.Held)) {
        call.close();
      }
    }
  }

  private CallOutcome outcome(StoppedCall call) {
    var handler = handlers.get(call.number());
    if (handler == null) {
      return CallOutcome.of(new Answer.Failure(ENOSYS));
    }
    try {
      return handler.perform(call);
    } catch (ErrnoException e) {
      return CallOutcome.of(failures.answer(call, e));
    }
  }

  private static void follow(CallOutcome outcome, boolean heard) {
    try {
      outcome.afterwards().follow(heard);
    } catch (ErrnoException e) {
      // The socket is closed, or too many are known: a restarted call is then carried out again.
    }
  }
}
