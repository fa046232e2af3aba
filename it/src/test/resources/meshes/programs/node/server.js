const fs = require("fs");
const os = require("os");
fs.writeFileSync(os.tmpdir() + "/kept", "kept in " + os.tmpdir());
require("http")
  .createServer((request, response) => response.end(os.userInfo().username + " " + fs.readFileSync(os.tmpdir() + "/kept")))
  .listen(8080);
