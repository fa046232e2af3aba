package dev.testudo.linux.machine;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;

/// The power of the machine (reboot(2)). Needs CAP_SYS_BOOT.
public final class Power {
  private static final int MAGIC = 0xfee1dead;
  private static final int MAGIC2 = 0x28121969;
  private static final int CAD_OFF = 0;
  private static final int POWER_OFF = 0x4321fedc;

  private Power() {}

  /// Turns the machine off, once what was written is on the disks. Does not return.
  public static void off() throws ErrnoException {
    Native.call(SystemCall.SYNC, 0);
    reboot("reboot(LINUX_REBOOT_CMD_POWER_OFF)", POWER_OFF);
  }

  /// Makes the keys Ctrl-Alt-Del send SIGINT to process 1, instead of restarting the machine.
  public static void signalOnKeys() throws ErrnoException {
    reboot("reboot(LINUX_REBOOT_CMD_CAD_OFF)", CAD_OFF);
  }

  private static void reboot(String name, int command) throws ErrnoException {
    Native.checked(name, Native.call(SystemCall.REBOOT, MAGIC, MAGIC2, command, 0));
  }
}
