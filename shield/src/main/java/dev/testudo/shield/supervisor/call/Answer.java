package dev.testudo.shield.supervisor.call;

/// What a suspended call returns. The supervisor itself performs any call that passes data to the
/// kernel, or refuses it.
public sealed interface Answer {
  /// Success with this value.
  record Result(long value) implements Answer {}

  /// Failure with this error number.
  record Failure(int errno) implements Answer {}

  /// The program has its answer already, or no longer waits for one.
  record Given() implements Answer {}

  /// The handler keeps the call and answers it later.
  record Held() implements Answer {}

  /// The kernel continues the call. Only for calls that only read, that the filter could allow by
  /// registers alone, or that name a file that the shield does not show; see
  /// [dev.testudo.linux.seccomp.Listener#letRead].
  record LetRead() implements Answer {}

  Answer SUCCESS = new Result(0);
  Answer GIVEN = new Given();
  Answer HELD = new Held();
  Answer LET_READ = new LetRead();

  /// Returns success for 0, otherwise a failure.
  static Answer ofErrno(int errno) {
    return errno == 0 ? SUCCESS : new Failure(errno);
  }
}
