package dev.testudo.gramine.manifest;

import dev.testudo.gramine.manifest.ManifestMount.EncryptedFolder;
import dev.testudo.gramine.manifest.ManifestMount.HostFiles;
import dev.testudo.gramine.manifest.ManifestMount.InMemory;
import java.util.stream.Collectors;

/// Writes a manifest as TOML 1.0. All keys and tables have a fixed order, and each setting is
/// written even if it is the default, because a default belongs to a release.
final class ManifestToml {
  private final GramineManifest manifest;
  private final StringBuilder out = new StringBuilder();

  ManifestToml(GramineManifest manifest) {
    this.manifest = manifest;
  }

  String text() {
    loader();
    files();
    system();
    enclave();
    return out.toString();
  }

  private void loader() {
    var start = manifest.start();
    table("loader");
    text("log_level", "error");
    out.append("argv = [")
        .append(
            start.arguments().stream().map(ManifestToml::quoted).collect(Collectors.joining(", ")))
        .append("]\n");
    number("uid", start.user());
    number("gid", start.group());
    table("loader.entrypoint");
    text("uri", uri(manifest.libos().host()));
    text("sha256", manifest.libos().sha256());
    table("loader.env");
    start
        .environment()
        .forEach((name, value) -> line(quoted(name), "{ value = %s }".formatted(quoted(value))));
    table("libos");
    text("entrypoint", start.program());
    line("check_invalid_pointers", "true");
  }

  private void files() {
    table("fs");
    text("start_dir", manifest.start().directory());
    table("fs.root");
    text("type", "chroot");
    text("uri", uri(manifest.files().root()));
    for (var mount : manifest.files().mounts()) {
      tableOf("fs.mounts");
      switch (mount) {
        case HostFiles(var path, var host) -> {
          text("type", "chroot");
          text("path", path);
          text("uri", uri(host));
        }
        case InMemory(var path) -> {
          text("type", "tmpfs");
          text("path", path);
        }
        case EncryptedFolder(var path, var host, var key) -> {
          text("type", "encrypted");
          text("path", path);
          text("uri", uri(host));
          text("key_name", key.keyName());
        }
      }
    }
  }

  private void system() {
    table("sys");
    flag("disallow_subprocesses", !manifest.enclave().subprocesses());
    flag("enable_extra_runtime_domain_names_conf", true);
    flag("enable_sigterm_injection", false);
    table("sys.stack");
    text("size", manifest.enclave().stack());
  }

  private void enclave() {
    var enclave = manifest.enclave();
    table("sgx");
    flag("debug", false);
    flag("edmm_enable", enclave.shape().dynamicMemory());
    text("enclave_size", enclave.shape().size());
    text("file_check_policy", "strict");
    number("isvprodid", enclave.product());
    number("isvsvn", enclave.version());
    number("max_threads", enclave.shape().threads());
    text("remote_attestation", "dcap");
    flag("use_exinfo", enclave.faultAddresses());
    table("sgx.cpu_features");
    text("avx", "unspecified");
    text("avx512", "unspecified");
    text("amx", "unspecified");
    text("mpx", "disabled");
    text("pkru", "disabled");
    for (var file : manifest.files().trusted()) {
      tableOf("sgx.trusted_files");
      text("uri", uri(file.host()));
      text("sha256", file.sha256());
    }
  }

  private void table(String name) {
    out.append(out.isEmpty() ? "" : "\n").append('[').append(name).append("]\n");
  }

  private void tableOf(String name) {
    out.append("\n[[").append(name).append("]]\n");
  }

  private void text(String key, String value) {
    line(key, quoted(value));
  }

  private void number(String key, long value) {
    line(key, Long.toString(value));
  }

  private void flag(String key, boolean value) {
    line(key, Boolean.toString(value));
  }

  private void line(String key, String value) {
    out.append(key).append(" = ").append(value).append('\n');
  }

  private static String uri(String host) {
    return "file:" + host;
  }

  /// Returns a basic string of TOML.
  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ' || c == 0x7f) {
                quoted.append("\\u%04X".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
