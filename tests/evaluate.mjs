// Reads simulations as JSON from standard input and answers each with IAM's decision: see tests/iam.py.
import { text } from 'node:stream/consumers'
import { runSimulation } from '@cloud-copilot/iam-simulate'

async function decide(simulation) {
  const response = await runSimulation(simulation, {})
  return {
    error: response.resultType === 'error' ? response.errors : null,
    result: response.overallResult ?? null,
    ignored: response.result?.ignoredContextKeys ?? []
  }
}

const simulations = JSON.parse(await text(process.stdin))
process.stdout.write(JSON.stringify(await Promise.all(simulations.map(decide))))
