// Echoes and compares with Node's net; `cluster` serves from three processes that share the port,
// once with connections handed out by the primary and once with workers that accept themselves.
//   serve <port> <connections>
//   cluster rr|none <port> <connections>
//   call <port> <connections> <bytes>
'use strict';
const cluster = require('cluster');
const crypto = require('crypto');
const net = require('net');

function echoServer(port, onEnd) {
  const server = net.createServer({allowHalfOpen: true}, (socket) => {
    socket.pipe(socket);
    socket.on('close', () => onEnd(server));
  });
  server.listen({port, host: '127.0.0.1', backlog: 512});
}

function serve(port, connections) {
  let left = connections;
  echoServer(port, (server) => {
    if (--left === 0) {
      console.log('served ' + connections);
      server.close();
    }
  });
}

function serveTogether(policy, port, connections) {
  cluster.schedulingPolicy = policy === 'rr' ? cluster.SCHED_RR : cluster.SCHED_NONE;
  if (!cluster.isPrimary) {
    echoServer(port, () => process.send('ended'));
    return;
  }
  let left = connections;
  const workers = [1, 2, 3].map(() => cluster.fork());
  const served = new Map();
  let starting = workers.length;
  for (const worker of workers) {
    worker.on('listening', () => {
      if (--starting === 0) console.log('all workers listen');
    });
    worker.on('message', () => {
      served.set(worker.id, 1 + (served.get(worker.id) || 0));
      if (--left === 0) {
        // Round robin gives every worker its share; who accepts for himself may come late.
        if (policy === 'rr' && served.size !== workers.length) throw new Error('an idle worker');
        console.log('served ' + connections);
        process.exit(0);
      }
    });
  }
}

function callOne(port, size, done) {
  const socket = net.connect({port, host: '127.0.0.1', allowHalfOpen: true});
  const data = crypto.randomBytes(size);
  const back = crypto.createHash('sha256');
  socket.on('connect', () => socket.end(data));
  socket.on('data', (block) => back.update(block));
  socket.on('end', () => {
    const sent = crypto.createHash('sha256').update(data).digest('hex');
    if (back.digest('hex') !== sent) throw new Error('other bytes came back');
    done();
  });
}

function call(port, connections, size) {
  let left = connections;
  for (let i = 0; i < connections; i++) {
    callOne(port, size, () => {
      if (--left === 0) console.log('carried ' + connections + ' x ' + size);
    });
  }
}

const [role, ...rest] = process.argv.slice(2);
if (role === 'cluster') {
  serveTogether(rest[0], Number(rest[1]), Number(rest[2]));
} else {
  ({serve, call})[role](...rest.map(Number));
}
