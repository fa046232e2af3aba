package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything a program is started with. Arguments and environment contain secrets, so the text
/// form shows names only.
///
/// @param arguments the command line; the first word names the program; empty if the policy leaves
///     the program open
/// @param environment the whole environment of the program
/// @param workingDirectory the working directory; empty for `/`
/// @param files files that exist only for the program
/// @param sessionName the name of the session that it comes from
/// @param sessionHash the hash of that session
/// @param hardwareAttested true if hardware vouched for the program
/// @param host what the agent fills in: an argument or a variable from the host is empty here
public record Configuration(
    List<String> arguments,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    List<InjectedFile> files,
    String sessionName,
    String sessionHash,
    boolean hardwareAttested,
    HostInputs host)
    implements AutoCloseable {
  /// The longest encoded configuration, in bytes.
  public static final int LIMIT = 16 << 20;

  /// Copies the collections.
  public Configuration {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    files = List.copyOf(files);
  }

  /// Encodes the configuration as JSON.
  public byte[] encode() {
    var encodedFiles = files.stream().map(Configuration::encode).toList();
    return Json.write(
        new JsonBuilder()
            .put("session", sessionName)
            .put("session_hash", sessionHash)
            .put("hardware_attested", hardwareAttested)
            .put("arguments", arguments)
            .put("environment", environment)
            .put("pwd", workingDirectory)
            .put("host_arguments", hostArguments())
            .put("host_environment", host.variables())
            .put("files", new JsonValue.JsonArray(encodedFiles))
            .build());
  }

  /// Decodes the result of [#encode()].
  public static Configuration decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "configuration");
    var arguments = fields.texts("arguments");
    if (arguments.stream().anyMatch(Configuration::hasNul)) {
      throw fields.wrong("arguments", "a command line");
    }
    var files = new ArrayList<InjectedFile>();
    for (var file : fields.array("files")) {
      files.add(decodeFile(file));
    }
    var configuration =
        new Configuration(
            arguments,
            environment(fields),
            fields.optionalText("pwd"),
            files,
            fields.text("session"),
            fields.text("session_hash"),
            fields.bool("hardware_attested"),
            hostInputs(fields, arguments.size()));
    fields.done();
    return configuration;
  }

  /// Returns the same configuration with what the host gives filled in.
  public Configuration filled(List<String> allArguments, Map<String, String> allVariables) {
    return new Configuration(
        allArguments,
        allVariables,
        workingDirectory,
        files,
        sessionName,
        sessionHash,
        hardwareAttested,
        HostInputs.NONE);
  }

  private Map<String, String> hostArguments() {
    Map<String, String> numbers = new LinkedHashMap<>();
    host.arguments().forEach((at, number) -> numbers.put(at.toString(), number.toString()));
    return numbers;
  }

  private static HostInputs hostInputs(JsonMembers fields, int words) throws MessageException {
    Map<Integer, Integer> arguments = new LinkedHashMap<>();
    for (var one : fields.textMap("host_arguments").entrySet()) {
      arguments.put(position(one.getKey()), position(one.getValue()));
    }
    var inputs = new HostInputs(arguments, fields.texts("host_environment"));
    if (!inputs.suit(words)) {
      throw fields.wrong("host_arguments", "positions in the command line");
    }
    return inputs;
  }

  private static int position(String text) {
    return text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : 0;
  }

  private static Map<String, String> environment(JsonMembers fields) throws MessageException {
    var environment = fields.textMap("environment");
    for (var variable : environment.entrySet()) {
      var name = variable.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0 || hasNul(name) || hasNul(variable.getValue())) {
        throw fields.wrong("environment", "an environment");
      }
    }
    return environment;
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static JsonValue encode(InjectedFile file) {
    return new JsonBuilder()
        .put("path", file.path())
        .put("mode", file.mode())
        .put("content", file.content().reveal(Base64.getEncoder()::encodeToString))
        .build();
  }

  private static InjectedFile decodeFile(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "file");
    var path = fields.text("path");
    if (!path.startsWith("/") || hasNul(path)) {
      throw fields.wrong("path", "an absolute path");
    }
    var mode = (int) fields.number("mode", 0, 0777);
    try {
      var content = Secret.taking(Base64.getDecoder().decode(fields.text("content")));
      fields.done();
      return new InjectedFile(path, content, mode);
    } catch (IllegalArgumentException e) {
      throw fields.wrong("content", "base64");
    }
  }

  /// Wipes the content of the files. The strings in arguments and environment cannot be wiped.
  @Override
  public void close() {
    files.forEach(file -> file.content().close());
  }

  @Override
  public String toString() {
    return "Configuration[%s, %d arguments, environment %s, %d files]"
        .formatted(sessionName, arguments.size(), environment.keySet(), files.size());
  }
}
