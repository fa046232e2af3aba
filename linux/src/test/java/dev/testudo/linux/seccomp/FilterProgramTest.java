package dev.testudo.linux.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.linux.seccomp.FilterProgram.Action;
import dev.testudo.linux.seccomp.FilterProgram.Assembler;
import dev.testudo.linux.seccomp.FilterProgram.Instruction;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterProgramTest {
  @Test
  void aConditionSkipsItsJumpWhenItDoesNotHold() {
    var code = new Assembler();
    var target = code.label();
    var program =
        code.load(FilterProgram.NUMBER)
            .ifEqual(42, target)
            .answer(new Action.Allow())
            .place(target)
            .answer(FilterProgram.error(13))
            .assemble();
    assertEquals(
        List.of(
            new Instruction(0x20, 0, 0, 0),
            new Instruction(0x15, 0, 1, 42),
            new Instruction(0x05, 0, 0, 1),
            new Instruction(0x06, 0, 0, 0x7fff0000),
            new Instruction(0x06, 0, 0, 0x0005000d)),
        program.instructions());
  }

  @Test
  void intArgumentsAreTheLowHalvesOfTheRegisters() {
    var program = new Assembler().loadInt(2).answer(new Action.Notify()).assemble();
    assertEquals(new Instruction(0x20, 0, 0, 32), program.instructions().getFirst());
    assertEquals(0x7fc00000, program.instructions().getLast().value());
  }

  @Test
  void targetsMayLieFartherThanAConditionalJumpReaches() {
    var code = new Assembler();
    var far = code.label();
    code.load(FilterProgram.NUMBER).ifGreater(469, far);
    for (int i = 0; i < 1000; i++) {
      code.load(FilterProgram.ARCH);
    }
    var program = code.place(far).answer(new Action.KillProcess()).assemble();
    assertEquals(new Instruction(0x05, 0, 0, 1000), program.instructions().get(2));
  }

  @Test
  void mistakesInAProgramAreFoundWhenItIsAssembled() {
    assertThrows(IllegalStateException.class, () -> new Assembler().assemble());
    assertThrows(IllegalStateException.class, () -> new Assembler().load(0).assemble());
    var unplaced = new Assembler();
    unplaced.load(0).jump(unplaced.label()).answer(new Action.Allow());
    assertThrows(IllegalStateException.class, unplaced::assemble);
    var twice = new Assembler();
    var label = twice.label();
    twice.place(label);
    assertThrows(IllegalStateException.class, () -> twice.place(label));
    var backwards = new Assembler();
    var start = backwards.label();
    backwards.place(start).load(0).jump(start).answer(new Action.Allow());
    assertThrows(IllegalStateException.class, backwards::assemble);
    var tooLong = new Assembler();
    for (int i = 0; i < FilterProgram.MAX_INSTRUCTIONS; i++) {
      tooLong.load(0);
    }
    tooLong.answer(new Action.Allow());
    assertThrows(IllegalStateException.class, tooLong::assemble);
  }
}
