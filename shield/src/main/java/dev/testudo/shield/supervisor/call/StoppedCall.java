package dev.testudo.shield.supervisor.call;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.linux.seccomp.Listener;
import dev.testudo.linux.seccomp.Notification;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.ProcessMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// A suspended system call, with the thread that made it.
///
/// Data read from the thread is valid only after [#confirm]: if the call is still suspended then,
/// the thread id has meant the same thread all the time. What was read is a private copy. The
/// program may change its memory and descriptors afterwards, and the supervisor acts on the copy
/// that it checked.
public final class StoppedCall implements AutoCloseable {
  /// `PATH_MAX`, which includes the NUL.
  private static final int LONGEST_PATH = 4096;

  /// What is read at once. Most paths are shorter.
  private static final int PATH_PORTION = 128;

  /// The smallest page of every architecture.
  private static final int PAGE = 4096;

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

  /// Returns where in the program's code the call was made.
  long instructionPointer() {
    return notification.instructionPointer();
  }

  public int intArgument(int index) {
    return notification.intArgument(index);
  }

  public long argument(int index) {
    return notification.argument(index);
  }

  /// Returns what the call asks for, or empty before it was read.
  Optional<Question> question() {
    return question;
  }

  /// Records what the call asks for, so that its repetition can be recognised.
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

  /// Reads the path at `address`, up to its NUL; one character per byte. Returns empty if it cannot
  /// be read or is longer than the kernel accepts.
  public Optional<String> readPath(long address) {
    var path = new StringBuilder();
    while (path.length() < LONGEST_PATH) {
      long from = address + path.length();
      // Never beyond a page: the next one may not be mapped.
      int length = (int) Math.min(PATH_PORTION, PAGE - (from & (PAGE - 1)));
      String portion;
      try {
        portion = new String(read(from, length), ISO_8859_1);
      } catch (ErrnoException e) {
        return Optional.empty();
      }
      int end = portion.indexOf('\0');
      if (end >= 0) {
        return Optional.of(path.append(portion, 0, end).toString());
      }
      path.append(portion);
    }
    return Optional.empty();
  }

  /// Checks that the data read so far came from the suspended thread. On failure nobody waits for
  /// an answer any more, so the error reaches nobody.
  public void confirm() throws ErrnoException {
    if (!isStopped()) {
      throw new ErrnoException("stopped call", Errno.ESRCH);
    }
  }

  boolean isStopped() {
    return listener.isPending(notification.id());
  }

  /// Writes to the program's memory. Only the result pointers of a suspended call may be
  /// written to.
  void write(long address, byte[] bytes) throws ErrnoException {
    confirm();
    memory().write(address, bytes);
  }

  void writeInt(long address, int value) throws ErrnoException {
    var bytes = new byte[4];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
    write(address, bytes);
  }

  /// Answers the call. Returns false if it was no longer suspended, because a signal interrupted
  /// it; the program then did not get the answer.
  public boolean answer(Answer answer) throws ErrnoException {
    return switch (answer) {
      case Answer.Result(long value) -> listener.answer(notification.id(), value);
      case Answer.Failure(int errno) -> listener.fail(notification.id(), errno);
      case Answer.LetRead _ -> listener.letRead(notification.id());
      case Answer.Given _, Answer.Held _ -> true;
    };
  }

  /// Gives the program a duplicate of `source` as the call's result. Returns its number there,
  /// `-ENOENT` if the call is no longer suspended, or another negated error (`-EMFILE`).
  public int answerWithDescriptor(Fd source, boolean closeOnExec) {
    return listener.answerWithDescriptor(notification.id(), source, closeOnExec);
  }

  /// Gives the program a duplicate of `source` in addition to the answer that follows. Returns its
  /// number there or a negated error.
  public int giveDescriptor(Fd source, boolean closeOnExec) {
    return listener.giveDescriptor(notification.id(), source, closeOnExec);
  }

  /// As the other overload, with this number, where it replaces another descriptor.
  public int giveDescriptor(Fd source, boolean closeOnExec, int number) {
    return listener.giveDescriptor(notification.id(), source, closeOnExec, number);
  }

  /// Closes the program's memory. A call may be held for long, and the memory must be opened again
  /// each time.
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
