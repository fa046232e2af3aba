package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A server of FTP (RFC 959) for anonymous users in a story's folder, and its ports. A transfer has
/// a connection of its own: passive ones go to the server's data ports, active ones come back to
/// the client's. A rule names one port, so each of them has its own.
final class Ftp {
  private static final int TRANSFERS = 4;

  private final Story story;
  final int port;

  /// Successive ones, as both ends take a range only.
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

  /// What the server serves.
  Path files() {
    return story.folder().resolve("files");
  }

  /// A program that may be the server.
  Actor server() {
    var server = story.program().serving(port);
    passive.forEach(server::serving);
    active.forEach(server::reaching);
    return server;
  }

  /// A program that may be a client.
  Actor client() {
    var client = story.program().reaching(port);
    passive.forEach(client::reaching);
    active.forEach(client::serving);
    return client;
  }

  /// The client's data ports, as curl and lftp like them written.
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
