package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An FTP server (RFC 959) for anonymous users in a story's directory, with its ports. Each
/// transfer uses a connection of its own: a passive one goes to the server's data ports, an active
/// one to the client's. Since a rule names one port, each port has a rule.
final class Ftp {
  private static final int TRANSFERS = 4;

  private final Story story;
  final int port;

  /// Consecutive ports, because both ends accept only a range.
  private final List<Integer> passive;

  private final List<Integer> active;

  Ftp(Story story) throws IOException {
    this.story = story;
    this.port = story.port();
    this.passive = story.ports(TRANSFERS);
    this.active = story.ports(TRANSFERS);
    Story.open(Files.createDirectories(files().resolve("stored")));
    Files.createDirectory(story.folder().resolve("empty"));
  }

  /// Returns the directory that the server serves.
  Path files() {
    return story.folder().resolve("files");
  }

  /// Returns a program that may be the server.
  Actor server() {
    var server = story.program().serving(port);
    passive.forEach(server::serving);
    active.forEach(server::reaching);
    return server;
  }

  /// Returns a program that may be a client.
  Actor client() {
    var client = story.program().reaching(port);
    passive.forEach(client::reaching);
    active.forEach(client::serving);
    return client;
  }

  /// Returns the client's data ports in the format of curl and lftp.
  String activeRange() {
    return active.getFirst() + "-" + active.getLast();
  }

  Object[] command() throws IOException {
    var configuration =
        List.of(
            "listen=YES",
            "background=NO",
            "listen_address=127.0.0.1",
            "listen_port=" + port,
            "pasv_min_port=" + passive.getFirst(),
            "pasv_max_port=" + passive.getLast(),
            "connect_from_port_20=NO",
            "anonymous_enable=YES",
            "no_anon_password=YES",
            "anon_root=" + files(),
            "write_enable=YES",
            "anon_upload_enable=YES",
            "anon_umask=022",
            "xferlog_enable=NO",
            "secure_chroot_dir=" + story.folder().resolve("empty"));
    var file = story.folder().resolve("vsftpd.conf");
    Files.write(file, configuration);
    return new Object[] {"vsftpd", file};
  }
}
