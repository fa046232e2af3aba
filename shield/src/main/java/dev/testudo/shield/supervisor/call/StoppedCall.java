package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.seccomp.Listener;
import dev.testudo.linux.seccomp.Notification;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.ProcessMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// One stopped system call and the thread that made it.
///
/// Everything read from the thread counts only after [#confirm]: if the call is stopped *then*, the
/// thread has been that one all the time. What was read is a private copy; the program may change
/// its memory and its descriptors afterwards, we act on what we have judged.
public final class StoppedCall implements AutoCloseable {
  private final Listener listener;
  private final Notification notification;
  private Optional<ProcessMemory> memory = Optional.empty();
  private Optional<Question> question = Optional.empty();

  public StoppedCall(Listener listener, Notification notification) {
    this.listener = listener;
    this.notification = notification;
  }

  public int number() {
    return notification.number();
  }

  public int tid() {
    return notification.tid();
  }

  /// Where in the program's code the call is made.
  long instructionPointer() {
    return notification.instructionPointer();
  }

  public int intArgument(int index) {
    return notification.intArgument(index);
  }

  public long argument(int index) {
    return notification.argument(index);
  }

  /// What the call asks for; empty until it was read.
  Optional<Question> question() {
    return question;
  }

  /// The call asks for something that a repetition is recognised by.
  public Question asks(byte[] argument) {
    var asked = new Question(this, argument);
    question = Optional.of(asked);
    return asked;
  }

  public byte[] read(long address, int length) throws ErrnoException {
    if (length == 0) {
      return new byte[0];
    }
    return memory.isPresent()
        ? memory.get().read(address, length)
        : ProcessMemory.peek(tid(), address, length);
  }

  public int readInt(long address) throws ErrnoException {
    return ByteBuffer.wrap(read(address, 4)).order(ByteOrder.nativeOrder()).getInt();
  }

  /// Checks that what was read so far came from the stopped thread. Failure means that nobody waits
  /// for an answer any more; the errno then reaches nobody.
  public void confirm() throws ErrnoException {
    if (!isStopped()) {
      throw new ErrnoException("stopped call", Errno.ESRCH);
    }
  }

  boolean isStopped() {
    return listener.isPending(notification.id());
  }

  /// Writes to the program's memory. The out-pointers of a stopped call are the only place for it.
  void write(long address, byte[] bytes) throws ErrnoException {
    confirm();
    memory().write(address, bytes);
  }

  void writeInt(long address, int value) throws ErrnoException {
    var bytes = new byte[4];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
    write(address, bytes);
  }

  /// False when the call is no longer stopped: a signal has interrupted it, and the program did not
  /// get the answer.
  public boolean answer(Answer answer) throws ErrnoException {
    return switch (answer) {
      case Answer.Result(long value) -> listener.answer(notification.id(), value);
      case Answer.Failure(int errno) -> listener.fail(notification.id(), errno);
      case Answer.LetRead _ -> listener.letRead(notification.id());
      case Answer.Given _, Answer.Held _ -> true;
    };
  }

  /// Gives the program a duplicate of `source` as the call's result: its number there, `-ENOENT`
  /// when the call is no longer stopped, or what stands in the way (`-EMFILE`).
  public int answerWithDescriptor(Fd source, boolean closeOnExec) {
    return listener.answerWithDescriptor(notification.id(), source, closeOnExec);
  }

  /// Gives the program a duplicate of `source`, close-on-exec there, besides the answer that is to
  /// come: its number, or what stands in the way as a negated error.
  public int giveDescriptor(Fd source) {
    return listener.giveDescriptor(notification.id(), source);
  }

  /// Lets go of the program's memory: a call may be held for long, and the memory must be opened
  /// anew each time.
  void releaseMemory() {
    memory.ifPresent(ProcessMemory::close);
    memory = Optional.empty();
  }

  private ProcessMemory memory() throws ErrnoException {
    var open = memory.isPresent() ? memory.get() : ProcessMemory.of(tid());
    memory = Optional.of(open);
    return open;
  }

  @Override
  public void close() {
    releaseMemory();
  }
}
