package dev.testudo.cas;

import dev.testudo.cas.export.AuditExport;
import dev.testudo.policy.address.AddressText;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.LogManager;

/// The command `testudo cas serve`: runs CAS until it is told to stop.
public final class ServeCommand {
  private static final System.Logger LOG = System.getLogger(ServeCommand.class.getName());
  private static final Duration LOGGING_TIME = Duration.ofMillis(500);
  private static final int DONE = 0;
  private static final int INPUT_WRONG = 1;
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;
  static final String USAGE_LINES =
      """
      Usage: testudo cas serve --state DIR --listen HOST:PORT [--owner HASH]...
                               [--owner-file FILE] [--first-come]
                               [--quota WHO=SESSIONS,MIB]... [--volume-lease N]
                               [--collateral DIR [--collateral-offline |
                               [--pcs URL] [--pcs-insecure-tls] [--kds URL]
                               [--collateral-update early|standard]]]
                               [--test-root FILE]... [--tpm-root FILE]...
                               [--audit-mib N] [--audit-files N]
                               [--key-file FILE | --passphrase-file FILE |
                               --key-credential NAME]
                               [--store URL] [--store-password-file FILE |
                               --store-password-credential NAME]
                               [--anchor FILE | --anchor https://HOST:PORT
                               --anchor-key HASH] [--witness-for HASH]...
                               [--audit-to SINK]
                               [--console HOST:PORT [--console-client HASH]...]
                               [--accept-audit-log] [--exit-with-stdin]
      """;

  private static final String HELP =
      USAGE_LINES
          + """
          Runs a CAS until a signal stops it.
          The first line of output is JSON: the address of the CAS and its key hash.
            --state DIR          The state directory; created if it does not exist.
            --listen HOST:PORT   The address to listen on; port 0 selects a free port.
            --owner HASH         The hash of a key that may create top-level sessions.
                                   Can be given several times. The CAS stores the owners
                                   at the first start.
            --owner-file FILE    A file with such hashes, one per line; `#` begins a
                                   comment.
            --first-come         Lets every caller create top-level sessions, instead
                                   of owners.
            --quota WHO=SESSIONS,MIB
                                 How much the CAS stores; WHO is owner, key, stranger
                                   or strangers. Can be given several times.
            --volume-lease N     How many seconds a mount has a volume unless it renews
                                   its lease, 5 to 3600 (default: 60). The volume of
                                   an agent that has died waits so long.
            --collateral DIR     Keeps what Intel and AMD publish about platforms in DIR,
                                   which `testudo attest collateral` can also use. The
                                   CAS fetches what is missing or ends soon.
            --collateral-offline Fetches nothing; the operator imports documents.
            --pcs URL            Intel's service, or a cache of it (PCCS), such as
                                   https://pccs.example:8081.
            --pcs-insecure-tls   Accepts any TLS certificate of a PCCS. Documents are
                                   verified all the same.
            --kds URL            AMD's service, or a cache of it.
            --collateral-update early|standard
                                 Which TCB evaluation Intel's service delivers: at the
                                   disclosure of a vulnerability, or some weeks later
                                   (default: standard).
            --test-root FILE     Certificates of roots that play a manufacturer of
                                   processors in tests. Evidence that rests on them is
                                   never hardware attested. Can be given several times.
            --tpm-root FILE      Certificates of a manufacturer of TPMs that sign
                                   endorsement certificates. Evidence of other TPMs is
                                   never hardware attested. Can be given several times.
            --audit-mib N        The size limit of the audit log in the database, in MiB
                                   (default: 64).
            --audit-files N      How many earlier files of the audit log are kept beside
                                   audit.jsonl, 1 to 999 (default: 4).
            --key-file FILE      A master key: a file of 32 random bytes, mode 0600
                                   (default: seal.key in DIR, which the CAS generates).
            --passphrase-file FILE
                                 A passphrase in the first line of FILE, mode 0600, or
                                   of a descriptor, as /dev/fd/3.
            --key-credential NAME
                                 A master key in a credential of the systemd unit, or in
                                   a file of the directory $CREDENTIALS_DIRECTORY.
            --store URL          A PostgreSQL database instead of cas.db in DIR:
                                   jdbc:postgresql://HOST/DATABASE?user=NAME. Several
                                   CAS processes can share it, each with a DIR of its
                                   own and the same master key.
            --store-password-file FILE
                                 The password of the database in the first line of FILE,
                                   mode 0600. Otherwise it comes from ~/.pgpass.
            --store-password-credential NAME
                                 The same, in such a credential or file.
            --anchor FILE        A file outside DIR that records the head of the audit log
                                   before each answer, so that an older state is
                                   noticed.
            --anchor https://HOST:PORT --anchor-key HASH
                                 Another CAS that keeps the head instead, and the hash of
                                   its key.
            --witness-for HASH   Keeps the head of another CAS, which has that key. Can be
                                   given several times.
            --audit-to SINK      Also writes each line of the audit log to `stdout` or to
                                   `syslog:HOST:PORT` (RFC 5424 over TCP).
            --console HOST:PORT  Shows a page for the operator; it only reads. At a
                                   loopback address, DIR/console.url has the address
                                   that admits the next browser.
            --console-client HASH
                                 The hash of a key that may see the console, which then
                                   uses TLS and asks for a client certificate. Can be
                                   given several times. Required if HOST is not a
                                   loopback address.
            --accept-audit-log   Continues although audit.jsonl or the anchor is not as
                                   the CAS left it. Applies to one start.
            --exit-with-stdin    Stops when standard input ends.
            -h, --help           Prints this help.

          Exit codes: 128 plus the number of the signal that stopped it, 0 standard input
          ended, 1 the owner file has mistakes, 2 usage, 3 it cannot serve, or the state
          is not as the CAS left it.
          """;

  /// The logging configuration: one line per message, and from the web server only
  /// warnings and errors.
  private static final String LOGGING =
      """
      handlers = java.util.logging.ConsoleHandler
      .level = INFO
      org.eclipse.jetty.level = WARNING
      java.util.logging.ConsoleHandler.level = INFO
      java.util.logging.ConsoleHandler.formatter = java.util.logging.SimpleFormatter
      java.util.logging.SimpleFormatter.format = %1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n
      """;

  private ServeCommand() {}

  /// Runs `serve` or another command that needs the state of a CAS. The first line that `serve`
  /// prints on `out` is JSON with the address it listens at and the hash of its key. With
  /// `--exit-with-stdin` it stops when `in` ends, else when the process receives a signal to stop.
  ///
  /// @param environment the environment of the process
  /// @param insistence registers a callback that runs each time the process is told again to stop
  /// @return the exit code
  public static int run(
      List<String> args,
      Map<String, String> environment,
      InputStream in,
      PrintStream out,
      PrintStream err,
      Consumer<Runnable> insistence) {
    return switch (args.isEmpty() ? "" : args.getFirst()) {
      case StateVerification.COMMAND -> StateVerification.run(args, environment, out, err);
      case InitCommand.COMMAND -> InitCommand.run(args, environment, out, err);
      case BackupCommand.COMMAND -> BackupCommand.run(args, environment, out, err);
      case RestoreCommand.COMMAND -> RestoreCommand.run(args, environment, out, err);
      case RekeyCommand.COMMAND -> RekeyCommand.run(args, environment, out, err);
      case "serve" -> serve(args, environment, in, out, err, insistence);
      default -> {
        err.print(USAGE_LINES);
        yield USAGE;
      }
    };
  }

  private static int serve(
      List<String> args,
      Map<String, String> environment,
      InputStream in,
      PrintStream out,
      PrintStream err,
      Consumer<Runnable> insistence) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      out.flush();
      return DONE;
    }
    try {
      return switch (ServeArguments.of(args.subList(1, args.size()), environment)) {
        case ServeArguments.Misused(_, var problem) -> {
          err.println("testudo cas serve: " + problem);
          err.print(USAGE_LINES);
          yield USAGE;
        }
        case ServeArguments.Mistaken(var problems) -> {
          err.print(Diagnostics.render(problems));
          yield INPUT_WRONG;
        }
        case ServeArguments.Complete complete -> {
          LogManager.getLogManager()
              .readConfiguration(
                  new ByteArrayInputStream(LOGGING.getBytes(StandardCharsets.US_ASCII)));
          serve(complete, in, out, insistence);
          yield DONE;
        }
      };
    } catch (IOException e) {
      err.println("testudo cas serve: " + e.getMessage());
      return ENVIRONMENT_FAILED;
    }
  }

  private static void serve(
      ServeArguments.Complete arguments,
      InputStream in,
      PrintStream out,
      Consumer<Runnable> insistence)
      throws IOException {
    var told = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    // Closed last, so that it also exports that CAS has stopped.
    try (var export = AuditExport.of(arguments.options().state().directory(), arguments.auditTo());
        var server = CasServer.start(arguments.options())) {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(told, closed, insistence), "cas-stop"));
      announce(server, out);
      // The announcement is the first line on standard output.
      export.start();
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
            .put("key_hash", server.keyHash().text())
            .put("console", server.consoleAddress());
    out.println(Json.writeText(line.build()));
    out.flush();
  }

  /// Runs as shutdown hook. The process ends when this method returns, so it waits until the server
  /// is closed, for at most 10 seconds, or until the process is told again to stop.
  private static void stop(
      CountDownLatch told, CountDownLatch closed, Consumer<Runnable> insistence) {
    told.countDown();
    insistence.accept(
        () -> {
          try {
            tell("CAS exits without closing its state; the state is consistent");
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            closed.countDown();
          }
        });
    try {
      if (!closed.await(10, TimeUnit.SECONDS)) {
        tell("CAS did not close its state in time; the state is consistent");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Logs a message without waiting long, because a blocked log may be what delays the shutdown.
  private static void tell(String message) throws InterruptedException {
    var telling =
        Thread.ofPlatform()
            .daemon()
            .name("cas-tell")
            .start(() -> LOG.log(System.Logger.Level.WARNING, message));
    telling.join(LOGGING_TIME);
  }

  private static void drain(InputStream in, CountDownLatch ended) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // An input that fails counts as ended.
    }
    ended.countDown();
  }
}
