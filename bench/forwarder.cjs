// What `bench.inbound_mail` measures of the npm package aws-lambda-ses-forwarder: node bench/forwarder.cjs small|large
// Prints JSON. The endpoint, its certificate and the credentials come from the environment, as for Python.
const fs = require("node:fs");
const { S3Client } = require("@aws-sdk/client-s3");
const { SESv2Client } = require("@aws-sdk/client-sesv2");
const forwarder = require("aws-lambda-ses-forwarder");

const overrides = {
  s3: new S3Client({ forcePathStyle: true, region: "eu-west-1" }),
  ses: new SESv2Client({ region: "eu-west-1" }),
  config: {
    fromEmail: "forwarder@example.com",
    emailBucket: "bucket",
    emailKeyPrefix: "",
    allowPlusSign: true,
    forwardMapping: { "info@example.com": ["team@example.org"] },
  },
  log: () => {},
};

function forward(key) {
  const event = {
    Records: [{
      eventSource: "aws:ses",
      eventVersion: "1.0",
      ses: { receipt: { recipients: ["info@example.com"] }, mail: { messageId: key, source: "ann@example.net" } },
    }],
  };
  return new Promise((resolve, reject) => {
    forwarder.handler(event, {}, (error) => (error ? reject(error) : resolve()), overrides);
  });
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function memory(name) {
  const line = fs.readFileSync("/proc/self/status", "ascii").split("\n").find((each) => each.startsWith(`${name}:`));
  return (parseInt(line.split(/\s+/)[1], 10) * 1024) / 1e6;
}

async function main(what) {
  await forward("small");
  const count = what === "small" ? 200 : 1;
  const idle = memory("VmRSS");
  fs.writeFileSync("/proc/self/clear_refs", "5");
  const before = cpu();
  const started = process.hrtime.bigint();
  for (let number = 0; number < count; number += 1) await forward(what);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const used = cpu() - before;
  console.log(JSON.stringify({ idle, peak: memory("VmHWM") - idle, cpu: used, seconds, each: (used / count) * 1000 }));
}

main(process.argv[2]);
