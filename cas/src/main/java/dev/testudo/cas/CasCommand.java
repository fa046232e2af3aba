package dev.testudo.cas;

import dev.testudo.policy.address.AddressText;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.KeyHash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.LogManager;
import java.util.regex.Pattern;

/// `testudo cas serve`: runs CAS until it is told to stop.
public final class CasCommand {
  private static final System.Logger LOG = System.getLogger(CasCommand.class.getName());
  private static final int DONE = 0;
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;
  private static final String HELP =
      """
      usage: testudo cas serve --state DIR --listen HOST:PORT [--owner KEYHASH]... \
      [--first-come] [--exit-with-stdin] \
      [--audit-mib N] [--accept-audit-log]\
      """;

  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})");

  /// One line per message; the web server speaks only when something is wrong.
  private static final String LOGGING =
      """
      handlers = java.util.logging.ConsoleHandler
      .level = INFO
      org.eclipse.jetty.level = WARNING
      java.util.logging.ConsoleHandler.level = INFO
      java.util.logging.ConsoleHandler.formatter = java.util.logging.SimpleFormatter
      java.util.logging.SimpleFormatter.format = %1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n
      """;

  private CasCommand() {}

  private record Arguments(CasOptions options, boolean exitWithStdin) {}

  /// Looks at a state, or runs `serve`. The first line of `serve` on `out` is JSON: where it
  /// listens and the hash of its key. With `--exit-with-stdin` it stops when `in` ends, else when
  /// the process is told to.
  ///
  /// @param insistence calls back each time the process is told to stop once more, from now on
  /// @return the exit code
  public static int run(
      List<String> args,
      InputStream in,
      PrintStream out,
      PrintStream err,
      Consumer<Runnable> insistence) {
    if (!args.isEmpty() && args.getFirst().equals(StateVerification.COMMAND)) {
      return StateVerification.run(args, out, err);
    }
    var arguments = parse(args);
    if (arguments.isEmpty()) {
      err.println(HELP);
      return USAGE;
    }
    try {
      LogManager.getLogManager()
          .readConfiguration(new ByteArrayInputStream(LOGGING.getBytes(StandardCharsets.US_ASCII)));
      serve(arguments.get(), in, out, insistence);
      return DONE;
    } catch (IOException e) {
      err.println("testudo cas serve: " + e.getMessage());
      return ENVIRONMENT_FAILED;
    }
  }

  private static void serve(
      Arguments arguments, InputStream in, PrintStream out, Consumer<Runnable> insistence)
      throws IOException {
    var told = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    try (var server = CasServer.start(arguments.options())) {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(told, closed, insistence), "cas-stop"));
      announce(server, out);
      if (arguments.exitWithStdin()) {
        Thread.ofPlatform().daemon().name("input").start(() -> drain(in, told));
      }
      told.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed.countDown();
    }
  }

  private static void announce(CasServer server, PrintStream out) {
    var address = server.address();
    var listening = new CasAddress(AddressText.of(address.getAddress()), address.getPort());
    var line =
        new JsonBuilder()
            .put("listening", listening.toString())
            .put("key_hash", server.keyHash().text());
    out.println(Json.writeText(line.build()));
    out.flush();
  }

  /// The process ends when this does, so it lets the server close first, unless somebody insists.
  private static void stop(
      CountDownLatch told, CountDownLatch closed, Consumer<Runnable> insistence) {
    told.countDown();
    insistence.accept(
        () -> {
          LOG.log(System.Logger.Level.WARNING, "CAS ends without closing; its state is whole");
          closed.countDown();
        });
    try {
      if (!closed.await(10, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "CAS did not close in time; its state is whole");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void drain(InputStream in, CountDownLatch ended) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // An input that fails has ended.
    }
    ended.countDown();
  }

  /// Reads `host:port` or `[v6]:port`; port 0 lets the system choose.
  private static Optional<InetSocketAddress> address(String text) {
    var matcher = ADDRESS.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      return Optional.empty();
    }
    var address = new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
    return address.isUnresolved() ? Optional.empty() : Optional.of(address);
  }

  private static Optional<Arguments> parse(List<String> args) {
    var values = new HashMap<String, String>();
    var exitWithStdin = false;
    var acceptAuditLog = false;
    var firstCome = false;
    var owners = new HashSet<KeyHash>();
    if (args.isEmpty() || !args.getFirst().equals("serve")) {
      return Optional.empty();
    }
    for (var i = 1; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--exit-with-stdin" -> exitWithStdin = true;
        case "--accept-audit-log" -> acceptAuditLog = true;
        case "--first-come" -> firstCome = true;
        case "--owner" -> {
          var owner =
              i + 1 == args.size() ? Optional.<KeyHash>empty() : KeyHash.parse(args.get(++i));
          if (owner.isEmpty()) {
            return Optional.empty();
          }
          owners.add(owner.get());
        }
        case "--state", "--listen", "--audit-mib" -> {
          if (i + 1 == args.size() || values.put(args.get(i), args.get(i + 1)) != null) {
            return Optional.empty();
          }
          i++;
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return firstCome && !owners.isEmpty()
        ? Optional.empty()
        : arguments(
            values, acceptAuditLog, new CasOptions.RootNamespace(owners, firstCome), exitWithStdin);
  }

  private static Optional<Arguments> arguments(
      Map<String, String> values,
      boolean acceptAuditLog,
      CasOptions.RootNamespace root,
      boolean exitWithStdin) {
    var state = values.get("--state");
    var listen = Optional.ofNullable(values.get("--listen")).flatMap(CasCommand::address);
    var mib = values.getOrDefault("--audit-mib", "64");
    if (state == null || state.isEmpty() || listen.isEmpty() || !mib.matches("[1-9][0-9]{0,5}")) {
      return Optional.empty();
    }
    var log = new CasOptions.Log(Long.parseLong(mib) << 20, acceptAuditLog);
    return Optional.of(
        new Arguments(
            new CasOptions(
                Path.of(state),
                listen.get(),
                InstantSource.system(),
                new SecureRandom(),
                log,
                root),
            exitWithStdin));
  }
}
