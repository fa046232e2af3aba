package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything a program is started with.
///
/// @param files files that exist only for the program
/// @param templates files of the image in which the agent replaces placeholders
/// @param protectedFiles what the agent mounts
/// @param origin the session that it comes from
/// @param host what the agent fills in: an argument or a variable from the host is empty in `start`
public record Configuration(
    ProgramStart start,
    List<InjectedFile> files,
    FileTemplates templates,
    ProtectedFiles protectedFiles,
    Origin origin,
    HostInputs host)
    implements AutoCloseable {
  /// The longest encoded configuration, in bytes.
  public static final int LIMIT = 16 << 20;

  /// The session that a configuration comes from.
  ///
  /// @param session its name
  /// @param hash its hash
  /// @param hardwareAttested true if hardware vouched for the program
  /// @param renewal how to get new values; empty if none of them ends
  public record Origin(
      String session, String hash, boolean hardwareAttested, Optional<Renewal> renewal) {
    /// The origin of a configuration without values that end.
    public Origin(String session, String hash, boolean hardwareAttested) {
      this(session, hash, hardwareAttested, Optional.empty());
    }
  }

  /// Copies the list.
  public Configuration {
    files = List.copyOf(files);
  }

  /// Returns the command line.
  public List<String> arguments() {
    return start.arguments();
  }

  /// Returns the whole environment.
  public Map<String, String> environment() {
    return start.environment();
  }

  /// Encodes the configuration as JSON.
  public byte[] encode() {
    var encodedFiles = files.stream().map(Configuration::encode).toList();
    var encodedVolumes = protectedFiles.volumes().stream().map(VolumeAccess::json).toList();
    var json =
        new JsonBuilder()
            .put("session", origin.session())
            .put("session_hash", origin.hash())
            .put("hardware_attested", origin.hardwareAttested())
            .put("arguments", start.arguments())
            .put("environment", start.environment())
            .put("pwd", start.workingDirectory())
            .put("host_arguments", hostArguments())
            .put("host_environment", host.variables())
            .put("files", new JsonValue.JsonArray(encodedFiles))
            .put("volumes", new JsonValue.JsonArray(encodedVolumes));
    if (!templates.files().isEmpty()) {
      json.put("templates", templates.json());
    }
    origin.renewal().ifPresent(renewal -> json.put("renewal", renewal.json()));
    protectedFiles.region().ifPresent(region -> json.put("main_region", region.json()));
    json.put("lease_ticket", protectedFiles.ticket());
    return Json.write(json.build());
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
            new ProgramStart(arguments, environment(fields), fields.optionalText("pwd")),
            files,
            templates(fields),
            protectedFiles(fields),
            new Origin(
                fields.text("session"),
                fields.text("session_hash"),
                fields.bool("hardware_attested"),
                renewal(fields)),
            hostInputs(fields, arguments.size()));
    fields.done();
    return configuration;
  }

  /// Returns the same configuration with what the host gives filled in.
  public Configuration filled(List<String> allArguments, Map<String, String> allVariables) {
    return new Configuration(
        new ProgramStart(allArguments, allVariables, start.workingDirectory()),
        files,
        templates,
        protectedFiles,
        origin,
        HostInputs.NONE);
  }

  /// Returns the same configuration with further files, instead of the templates for them. It
  /// shares the other files with this one.
  public Configuration withFiles(List<InjectedFile> further) {
    var all = new ArrayList<>(files);
    all.addAll(further);
    return new Configuration(start, all, FileTemplates.NONE, protectedFiles, origin, host);
  }

  private static Optional<Renewal> renewal(JsonMembers fields) throws MessageException {
    return fields.has("renewal")
        ? Optional.of(Renewal.read(fields.object("renewal")))
        : Optional.empty();
  }

  private static FileTemplates templates(JsonMembers fields) throws MessageException {
    var templates = fields.optional("templates");
    return templates.isPresent() ? FileTemplates.read(templates.get()) : FileTemplates.NONE;
  }

  private static ProtectedFiles protectedFiles(JsonMembers fields) throws MessageException {
    var volumes = new ArrayList<VolumeAccess>();
    for (var volume : fields.array("volumes")) {
      volumes.add(VolumeAccess.read(volume));
    }
    var region = fields.optional("main_region");
    return new ProtectedFiles(
        volumes,
        region.isPresent() ? Optional.of(RegionAccess.read(region.get())) : Optional.empty(),
        fields.optionalText("lease_ticket"));
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

  /// Wipes the content of the files and the keys of protected ones. The strings in arguments and
  /// environment cannot be wiped.
  @Override
  public void close() {
    files.forEach(file -> file.content().close());
    templates.wipe();
    protectedFiles.wipe();
  }

  @Override
  public String toString() {
    return "Configuration[%s, %s, %d files, %d volumes]"
        .formatted(origin.session(), start, files.size(), protectedFiles.volumes().size());
  }
}
