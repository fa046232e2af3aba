package dev.testudo.it.strangers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// All attacks on one CAS at once, from some addresses of this machine, until the standard input
/// ends; then a line for each attack says what became of it.
public final class Strangers {
  /// The last is where the tests' honest agent comes from.
  private static final String[] ADDRESSES = {
    "127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4", "127.0.1.5", "127.0.0.1"
  };

  /// Who was sent away comes back after this time.
  private static final long BACK_MILLIS = 250;

  private Strangers() {}

  /// Attacks the CAS at `args[0]`, port `args[1]`.
  public static void main(String[] args) throws IOException {
    var cas = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
    Map<Attacks, Attack.Toll> tolls = new EnumMap<>(Attacks.class);
    for (var attack : Attacks.values()) {
      var toll = new Attack.Toll();
      tolls.put(attack, toll);
      for (var address : ADDRESSES) {
        // One key for all who do one thing at one address: who is many has many keys anyway.
        var stranger = new Stranger(cas, InetAddress.getByName(address));
        for (var i = 0; i < attack.strangers / ADDRESSES.length + 1; i++) {
          Thread.ofVirtual().start(() -> repeat(attack, stranger, toll));
        }
      }
    }
    var out = new PrintStream(System.out, true, UTF_8);
    out.println("attacking");
    while (System.in.read() >= 0) {}
    tolls.forEach((attack, toll) -> out.println(toll.line(attack.name())));
    Runtime.getRuntime().halt(0);
  }

  private static void repeat(Attacks attack, Stranger stranger, Attack.Toll toll) {
    try {
      while (true) {
        try {
          attack.once(stranger, toll);
        } catch (IOException e) {
          toll.closed.increment();
          TimeUnit.MILLISECONDS.sleep(BACK_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
