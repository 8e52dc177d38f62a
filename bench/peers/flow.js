// The Flow of the benchmark, as bench/internal/flow has it: the answer must be the same to the byte.
'use strict';

const extras = [
  { id: 'wash', title: 'Wash and dry' },
  { id: 'beard', title: 'Beard trim' },
  { id: 'colour', title: 'Colour advice' },
  { id: 'coffee', title: 'Coffee, tea or water' },
];

module.exports = function answer({ action, screen, data }) {
  if (action === 'ping') return { data: { status: 'active' } };
  if (action !== 'data_exchange' || screen !== 'DETAILS') throw new Error('nobody handles this');
  const { service, day, slot, name, email } = data;
  if (!service || !day || !slot || !name || !email) return { screen, data: { error_message: 'Please fill in the form.' } };
  return { screen: 'CONFIRM', data: { summary: `${service} on ${day} at ${slot}, for ${name}`, email, price: '35.00 EUR', extras } };
};
