package dev.testudo.linux.seccomp;

import dev.testudo.linux.sys.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A classic BPF program over `struct seccomp_data`, in the kernel's format.
///
/// Conditional jumps of classic BPF reach only 255 instructions. So [Assembler] follows each of
/// them with an unconditional jump (32 bits) to the label.
public final class FilterProgram {
  /// The longest program that the kernel accepts (`BPF_MAXINSNS`).
  public static final int MAX_INSTRUCTIONS = 4096;

  /// The offset of the system call number in `struct seccomp_data`.
  public static final int NUMBER = 0;

  /// The offset of the architecture.
  public static final int ARCH = 4;

  private static final int INSTRUCTION_SIZE = 8;

  static final int LOAD_WORD = 0x20;
  static final int JUMP = 0x05;
  static final int JUMP_EQUAL = 0x15;
  static final int JUMP_GREATER = 0x25;
  static final int JUMP_AT_LEAST = 0x35;
  static final int JUMP_ANY_BIT = 0x45;
  static final int AND = 0x54;
  static final int RETURN = 0x06;

  /// One `struct sock_filter`.
  record Instruction(int code, int ifTrue, int ifFalse, int value) {}

  /// What the filter does with a call.
  public sealed interface Action {
    /// The call runs.
    record Allow() implements Action {}

    /// The call does not run and returns the error. With 0 it appears successful.
    record Fail(int errno) implements Action {}

    /// The supervisor is notified.
    record Notify() implements Action {}

    /// The whole process is killed with `SIGSYS`.
    record KillProcess() implements Action {}

    /// Returns the filter's return value for this action (`SECCOMP_RET_*`).
    default int code() {
      return switch (this) {
        case Allow() -> 0x7fff_0000;
        case Fail(int errno) -> 0x0005_0000 | errno;
        case Notify() -> 0x7fc0_0000;
        case KillProcess() -> 0x8000_0000;
      };
    }
  }

  private final List<Instruction> instructions;

  private FilterProgram(List<Instruction> instructions) {
    this.instructions = List.copyOf(instructions);
  }

  List<Instruction> instructions() {
    return instructions;
  }

  /// Returns the program as an array of `struct sock_filter`.
  public byte[] encode() {
    var bytes = new byte[INSTRUCTION_SIZE * instructions.size()];
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    for (var instruction : instructions) {
      buffer.putShort((short) instruction.code());
      buffer.put((byte) instruction.ifTrue()).put((byte) instruction.ifFalse());
      buffer.putInt(instruction.value());
    }
    return bytes;
  }

  /// Returns the number of instructions.
  public int size() {
    return instructions.size();
  }

  /// A position in a program that may be used before it is placed.
  public static final class Label {
    private Label() {}
  }

  /// Builds a program from top to bottom.
  public static final class Assembler {
    private final List<Instruction> code = new ArrayList<>();
    private final Map<Integer, Label> open = new HashMap<>();
    private final Map<Label, Integer> places = new HashMap<>();

    public Label label() {
      return new Label();
    }

    /// Places `label` at the next instruction.
    public Assembler place(Label label) {
      if (places.put(label, code.size()) != null) {
        throw new IllegalStateException("label placed twice");
      }
      return this;
    }

    /// Loads the word at `offset` of `struct seccomp_data`.
    public Assembler load(int offset) {
      return add(LOAD_WORD, 0, 0, offset);
    }

    /// Loads the low 32 bits of argument `index`, the part that the kernel uses of an `int`. If all
    /// 64 bits were compared, a program could pass a forbidden value with a high bit set.
    public Assembler loadInt(int index) {
      return load(16 + 8 * index);
    }

    /// Masks the loaded value with `mask`.
    public Assembler mask(int mask) {
      return add(AND, 0, 0, mask);
    }

    public Assembler ifEqual(int value, Label target) {
      return jumpIf(JUMP_EQUAL, value, target);
    }

    /// Jumps if the loaded value is greater, compared unsigned.
    public Assembler ifGreater(int value, Label target) {
      return jumpIf(JUMP_GREATER, value, target);
    }

    /// Jumps if the loaded value is at least `value`, compared unsigned.
    public Assembler ifAtLeast(int value, Label target) {
      return jumpIf(JUMP_AT_LEAST, value, target);
    }

    public Assembler ifAnyBit(int mask, Label target) {
      return jumpIf(JUMP_ANY_BIT, mask, target);
    }

    public Assembler jump(Label target) {
      open.put(code.size(), target);
      return add(JUMP, 0, 0, 0);
    }

    public Assembler answer(Action action) {
      return add(RETURN, 0, 0, action.code());
    }

    /// Returns the finished program.
    ///
    /// @throws IllegalStateException for a label that was not placed, a backward jump, a program
    ///     that can run past its end, or one longer than [#MAX_INSTRUCTIONS]
    public FilterProgram assemble() {
      var result = new ArrayList<>(code);
      open.forEach((at, label) -> result.set(at, new Instruction(JUMP, 0, 0, distance(at, label))));
      if (result.isEmpty() || result.getLast().code() != RETURN) {
        throw new IllegalStateException("program does not end with an answer");
      }
      if (result.size() > MAX_INSTRUCTIONS) {
        throw new IllegalStateException("program of " + result.size() + " instructions");
      }
      return new FilterProgram(result);
    }

    private int distance(int at, Label label) {
      var place = places.get(label);
      if (place == null || place <= at || place >= code.size()) {
        throw new IllegalStateException("jump at " + at + " has no target after it");
      }
      return place - at - 1;
    }

    /// Adds a conditional jump. True continues with the unconditional jump that follows, false
    /// skips it.
    private Assembler jumpIf(int jump, int value, Label target) {
      return add(jump, 0, 1, value).jump(target);
    }

    private Assembler add(int instruction, int ifTrue, int ifFalse, int value) {
      code.add(new Instruction(instruction, ifTrue, ifFalse, value));
      return this;
    }
  }

  /// Returns the action that fails with `errno`.
  public static Action error(int errno) {
    if (errno < 0 || errno > 4095) {
      throw new IllegalArgumentException(Errno.name(errno));
    }
    return new Action.Fail(errno);
  }
}
