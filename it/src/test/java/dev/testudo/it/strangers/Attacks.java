package dev.testudo.it.strangers;

import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// What strangers do.
enum Attacks implements Attack {
  /// Connects and says nothing.
  SILENT(1000) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var socket = stranger.connect()) {
        toll.connections.increment();
        if (socket.getInputStream().read() < 0) {
          throw new IOException("closed");
        }
      }
    }
  },
  /// Sets up TLS and then says nothing.
  IDLE(1000) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        talk.answer();
      }
    }
  },
  /// Sends the body of a request a byte at a time.
  SLOW_BODY(60) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        talk.begin("POST", "/v1/sessions", 1 << 20);
        while (true) {
          talk.send("a");
          TimeUnit.MILLISECONDS.sleep(500);
        }
      }
    }
  },
  /// Asks for long answers and does not read them.
  SLOW_READER(60) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        for (var i = 0; i < 16; i++) {
          var body = "x: [" + "{, ".repeat(4000);
          talk.begin("POST", "/v1/sessions", body.length());
          talk.send(body);
        }
        TimeUnit.SECONDS.sleep(20);
      }
    }
  },
  /// Asks for nonces as fast as it gets them.
  NONCES(24) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        while (true) {
          toll.count(talk.ask("POST", "/v1/attestation/nonce", ""));
        }
      }
    }
  },
  /// Shows quotes of a platform that somebody plays Intel for, and damaged ones.
  QUOTES(24) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        while (true) {
          var nonce = talk.ask("POST", "/v1/attestation/nonce", "");
          toll.count(nonce);
          var request =
              new AttestationRequest(
                  "honest/s", field(nonce, "nonce"), Orders.quote(), Optional.empty());
          toll.count(talk.ask("POST", "/v1/attestation", text(request.encode())));
        }
      }
    }
  },
  /// Registers sessions that are large when what they refer to is filled in, and asks for them.
  BOMBS(6) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        var name = fresh("bomb");
        toll.count(talk.ask("POST", "/v1/sessions", Orders.bomb(name)));
        var order = new JoinTokenOrder(1, Duration.ofHours(1));
        var made =
            talk.ask(
                "POST", "/v1/tokens/session=%s,service=s".formatted(name), text(order.encode()));
        var nonce = talk.ask("POST", "/v1/attestation/nonce", "");
        toll.count(nonce);
        var request =
            new AttestationRequest(
                name + "/s",
                field(nonce, "nonce"),
                stranger.evidence(field(nonce, "nonce")),
                Optional.of(Secret.ofText(field(made, "token"))));
        toll.count(talk.ask("POST", "/v1/attestation", text(request.encode())));
      }
    }
  },
  /// Sends a megabyte in one line, full of mistakes.
  ONE_LINE(6) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        while (true) {
          toll.count(talk.ask("POST", "/v1/sessions", Orders.oneLine()));
        }
      }
    }
  },
  /// Orders RSA keys.
  RSA(12) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        while (true) {
          toll.count(talk.ask("POST", "/v1/sessions", Orders.rsa(fresh("rsa"))));
        }
      }
    }
  },
  /// Registers sessions as fast as CAS takes them.
  SESSIONS(24) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      try (var talk = stranger.talk()) {
        toll.connections.increment();
        while (true) {
          toll.count(talk.ask("POST", "/v1/sessions", Orders.small(fresh("flood"))));
        }
      }
    }
  },
  /// Sets up TLS and goes, again and again.
  HANDSHAKES(12) {
    @Override
    public void once(Stranger stranger, Toll toll) throws IOException, InterruptedException {
      stranger.talk().close();
      toll.connections.increment();
    }
  };

  private static final AtomicInteger NAMES = new AtomicInteger();

  /// How many do it at once.
  final int strangers;

  Attacks(int strangers) {
    this.strangers = strangers;
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }

  /// A field of an answer; what CAS did not answer is empty.
  private static String field(Stranger.Answer answer, String name) {
    var found = Pattern.compile("\"%s\":\"([^\"]*)\"".formatted(name)).matcher(answer.body());
    return found.find() ? found.group(1) : "";
  }

  private static String fresh(String kind) {
    return kind + "-" + NAMES.incrementAndGet();
  }
}
