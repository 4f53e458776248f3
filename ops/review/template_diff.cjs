// What CloudFormation would do with each resource, as the CDK's own library knows it.
// stdin: [{"before": template, "after": template, "changeSet": ...}]; stdout: a list of the same length.
'use strict';

const { readFileSync, writeSync } = require('node:fs');
const { fullDiff } = require('@aws-cdk/cloudformation-diff');

function resources(pair) {
  const found = {};
  let diff;
  try {
    diff = fullDiff(pair.before, pair.after, pair.changeSet);
  } catch {
    return null; // a template that CloudFormation would not take either
  }
  for (const id of diff.resources.logicalIds) {
    const change = diff.resources.get(id);
    const properties = Object.entries(change.propertyUpdates).map(([name, it]) => [name, it.changeImpact]);
    found[id] = { impact: change.changeImpact, properties: Object.fromEntries(properties) };
  }
  return found;
}

const answer = Buffer.from(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(resources)));
for (let at = 0; at < answer.length; ) {
  at += writeSync(1, answer, at);
}
